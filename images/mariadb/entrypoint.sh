#!/bin/sh
# Makes the data on the first start, then becomes mariadbd.
set -eu

case "${1:-}" in '' | -*) set -- mariadbd "$@" ;; esac
case "$1" in mariadbd | mysqld) shift ;; *) exec "$@" ;; esac

data=/var/lib/mysql
# The container's name for the one image's variables, or for the other's.
setting() { eval "printf '%s' \"\${MARIADB_$1:-\${MYSQL_$1:-}}\""; }

if [ "$(id -u)" = 0 ]; then
  find "$data" /run/mysqld ! -user mysql -exec chown mysql:mysql {} +
  exec setpriv --reuid=mysql --regid=mysql --init-groups "$0" mariadbd "$@"
fi

# A text as SQL quotes it.
quoted() { printf "'%s'" "$(printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e "s/'/''/g")"; }

root_password=$(setting ROOT_PASSWORD)
if [ ! -e "$data/.complete" ]; then
  if [ -z "$root_password$(setting RANDOM_ROOT_PASSWORD)$(setting ALLOW_EMPTY_ROOT_PASSWORD)${MYSQL_ALLOW_EMPTY_PASSWORD:-}" ]; then
    echo "mariadb: none of MARIADB_ROOT_PASSWORD, MARIADB_RANDOM_ROOT_PASSWORD and MARIADB_ALLOW_EMPTY_ROOT_PASSWORD is set: a new database needs a password for root." >&2
    exit 1
  fi
  if [ -z "$root_password" ] && [ -n "$(setting RANDOM_ROOT_PASSWORD)" ]; then
    root_password=$(head -c 24 /dev/urandom | base64)
    echo "GENERATED ROOT PASSWORD: $root_password"
  fi
  # A start that was cut off is begun again.
  find "$data" -mindepth 1 -delete
  mariadb-install-db --datadir="$data" --skip-test-db --auth-root-authentication-method=normal >/dev/null
  # Nothing but the local socket listens until all is done: whoever gets a TCP connection finds finished data.
  mariadbd --datadir="$data" --skip-networking --socket=/run/mysqld/first.sock "$@" &
  first=$!
  until mariadb-admin --socket=/run/mysqld/first.sock --user=root --silent ping 2>/dev/null; do
    kill -0 "$first"
    sleep 0.1
  done
  database=$(setting DATABASE)
  user=$(setting USER)
  {
    [ -z "$database" ] || printf 'CREATE DATABASE IF NOT EXISTS `%s`;\n' "$(printf '%s' "$database" | sed 's/`/``/g')"
    if [ -n "$user" ]; then
      printf "CREATE USER %s@'%%' IDENTIFIED BY %s;\n" "$(quoted "$user")" "$(quoted "$(setting PASSWORD)")"
      # An underscore in a name would stand for any character.
      [ -z "$database" ] || printf "GRANT ALL ON \`%s\`.* TO %s@'%%';\n" "$(printf '%s' "$database" | sed 's/_/\\_/g')" "$(quoted "$user")"
    fi
    printf "CREATE USER root@'%%' IDENTIFIED BY %s; GRANT ALL ON *.* TO root@'%%' WITH GRANT OPTION;\n" "$(quoted "$root_password")"
    printf "ALTER USER root@localhost IDENTIFIED BY %s;\n" "$(quoted "$root_password")"
  } | mariadb --socket=/run/mysqld/first.sock --user=root
  kill "$first"
  wait "$first"
  touch "$data/.complete"
fi

# What only the first start needs is not left in the server's environment.
unset MARIADB_ROOT_PASSWORD MYSQL_ROOT_PASSWORD MARIADB_PASSWORD MYSQL_PASSWORD root_password
exec mariadbd --datadir="$data" "$@"
