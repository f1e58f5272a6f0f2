#!/bin/sh
# Writes the user and the database that the environment names, then becomes clickhouse-server.
set -eu

case "${1:-}" in '' | -*) ;; *) exec "$@" ;; esac

data=/var/lib/clickhouse
if [ "$(id -u)" = 0 ]; then
  find "$data" ! -user clickhouse -exec chown clickhouse:clickhouse {} +
  exec setpriv --reuid=clickhouse --regid=clickhouse --init-groups "$0" "$@"
fi

user=${CLICKHOUSE_USER:-default}
database=${CLICKHOUSE_DB:-}
case "$user$database" in
  *[!A-Za-z0-9_]*) echo "clickhouse-server: CLICKHOUSE_USER and CLICKHOUSE_DB may hold letters, digits and _ only." >&2; exit 1 ;;
esac

# The server compares hashes: the password itself is written nowhere.
umask 077
hash=$(printf '%s' "${CLICKHOUSE_PASSWORD:-}" | sha256sum | cut -d ' ' -f 1)
{
  echo '<?xml version="1.0"?>'
  echo '<yandex><users>'
  [ "$user" = default ] || echo '<default remove="remove"/>'
  echo "<$user replace=\"replace\">"
  if [ -n "${CLICKHOUSE_PASSWORD:-}" ]; then echo "<password_sha256_hex>$hash</password_sha256_hex>"; else echo '<password></password>'; fi
  echo '<networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>'
  echo "</$user>"
  echo '</users></yandex>'
} >/etc/clickhouse-server/users.d/environment.xml

# A database is a folder and a line of SQL that the server reads when it starts.
if [ -n "$database" ] && [ ! -e "$data/metadata/$database.sql" ]; then
  mkdir -p "$data/metadata/$database" "$data/data/$database"
  echo 'ATTACH DATABASE _ ENGINE = Ordinary' | sed "s/_/$database/" >"$data/metadata/$database.sql"
fi

unset CLICKHOUSE_PASSWORD
exec clickhouse-server --config-file=/etc/clickhouse-server/config.xml "$@"
