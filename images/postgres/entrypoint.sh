#!/bin/sh
# Makes a database cluster on the first start, then becomes postgres.
set -eu

case "${1:-}" in '' | -*) set -- postgres "$@" ;; esac
[ "$1" = postgres ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  find "$PGDATA" ! -user postgres -exec chown postgres:postgres {} +
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
host_auth=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}

# The cluster is made in a folder inside the volume, and moved up only when it is whole: a start that was cut off is
# begun again. PG_VERSION moves last, since it is what tells that there is a cluster.
new=$PGDATA/.new

make_cluster() {
  rm -rf "$new"
  # initdb asks for the password in a file; here it stays in a pipe.
  # shellcheck disable=SC2086 # the arguments are words on purpose, as in the official image
  printf '%s\n' "${POSTGRES_PASSWORD:-}" |
    initdb --pgdata="$new" --username="$user" ${POSTGRES_PASSWORD:+--pwfile=/dev/stdin} \
      --auth-local=trust --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS:-}
  printf '\nhost all all all %s\n' "$host_auth" >>"$new/pg_hba.conf"

  # Nothing but the local socket listens until all is done: whoever gets a TCP connection finds a finished database.
  pg_ctl --pgdata="$new" --options="-c listen_addresses=''" --wait --silent start
  if [ "$database" != postgres ]; then
    psql --no-psqlrc --username="$user" --dbname=postgres --set=ON_ERROR_STOP=1 --set=name="$database" --quiet <<'SQL'
CREATE DATABASE :"name";
SQL
  fi
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sql) echo "running $file"; psql --no-psqlrc --username="$user" --dbname="$database" --set=ON_ERROR_STOP=1 --file="$file" ;;
      *.sh) echo "running $file"; POSTGRES_USER="$user" POSTGRES_DB="$database" sh "$file" ;;
      */\*) ;;
      *) echo "leaving out $file: neither .sql nor .sh" ;;
    esac
  done
  pg_ctl --pgdata="$new" --mode=fast --wait --silent stop
  rm -f "$new/postmaster.opts"
  touch "$new/.complete"
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$host_auth" != trust ]; then
    echo "postgres: POSTGRES_PASSWORD is not set: a new database needs a password for its first user, $user." >&2
    exit 1
  fi
  [ -e "$new/.complete" ] || make_cluster
  find "$new" -mindepth 1 -maxdepth 1 ! -name PG_VERSION ! -name .complete -exec mv -t "$PGDATA" {} +
  mv "$new/PG_VERSION" "$PGDATA/"
fi
rm -rf "$new"

# What only the first start needs is not left in the server's environment.
unset POSTGRES_PASSWORD
exec "$@"
