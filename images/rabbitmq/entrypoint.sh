#!/bin/sh
# Becomes rabbitmq-server, as the user rabbitmq when started as root.
set -eu

[ "${1:-}" = rabbitmq-server ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  find /var/lib/rabbitmq ! -user rabbitmq -exec chown rabbitmq:rabbitmq {} +
  exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups "$0" "$@"
fi

# The official image lets its default account in from other containers, too. The server itself reads its name, password and
# virtual host from RABBITMQ_DEFAULT_USER, RABBITMQ_DEFAULT_PASS and RABBITMQ_DEFAULT_VHOST.
echo "loopback_users.guest = false" >/etc/rabbitmq/conf.d/10-defaults.conf

# Debian's script insists on changing the user, which has been done.
exec /usr/lib/rabbitmq/bin/rabbitmq-server
