#!/bin/sh
# Becomes redis-server, as the user redis when started as root.
set -eu

case "${1:-}" in '' | -* | *.conf) set -- redis-server "$@" ;; esac
[ "$1" = redis-server ] || exec "$@"
shift

if [ "$(id -u)" = 0 ]; then
  find . ! -user redis -exec chown redis:redis {} +
  exec setpriv --reuid=redis --regid=redis --init-groups "$0" redis-server "$@"
fi

# The official image listens to other containers even where no password is set. A configuration file, if there is one,
# must come first; what comes later on the command line wins.
case "${1:-}" in
  *.conf) config=$1; shift; exec redis-server "$config" --protected-mode no "$@" ;;
  *) exec redis-server --protected-mode no "$@" ;;
esac
