# What all tasks of `servicepoint-admin` share. Read by them, never run.
# shellcheck shell=bash
#
# SERVICEPOINT_ROOT moves every path below another directory: for trials, never for a real machine.

set -euo pipefail

root=${SERVICEPOINT_ROOT:-}
settings=$root/etc/servicepoint
secrets=$settings/secrets
data=$root/var/lib/servicepoint
backups=$root/var/backups/servicepoint
packages=$root/var/cache/servicepoint
# shellcheck disable=SC2034 # read by add-municipality
share=$root/usr/share/servicepoint
program=${SERVICEPOINT_PROGRAM:-$root/usr/bin/servicepoint}

instance=${SERVICEPOINT_INSTANCE:-default}
dry_run=${SERVICEPOINT_DRY_RUN:-no}
# Longer than a stop may take: two seconds to be noticed, thirty to finish, ten to close; then a start.
patience=${SERVICEPOINT_PATIENCE:-90}

say() { printf '%s\n' "$*"; }

fail() {
    printf 'servicepoint-admin: %s\n' "$*" >&2
    exit 1
}

wrong() {
    printf 'servicepoint-admin: %s\n' "$*" >&2
    exit 2
}

# Does it, or says what would be done.
act() {
    if [ "$dry_run" = yes ]; then
        printf 'would: %s\n' "$*"
    else
        "$@"
    fi
}

is_real() { [ "$dry_run" = no ]; }

need_root() {
    if is_real && [ "$(id -u)" != 0 ]; then
        fail "this needs root"
    fi
}

# Names become parts of unit, file and account names (32 signs at most, of which 13 are taken).
check_instance() {
    [[ $1 =~ ^[a-z][a-z0-9]*(-[a-z0-9]+)*$ && ${#1} -le 19 ]] ||
        wrong "a name has at most 19 small letters, digits and single hyphens, and begins with a letter: $1"
}

has_systemd() { [ -d /run/systemd/system ]; }

account() { if [ "$instance" = default ]; then echo servicepoint; else echo "servicepoint-$instance"; fi; }
settings_file() { if [ "$instance" = default ]; then echo "$settings/servicepoint.toml"; else echo "$settings/$instance.toml"; fi; }
unit() { # unit front|worker|backup|audit
    local name=servicepoint
    [ "$1" = front ] || name=servicepoint-$1
    if [ "$instance" = default ]; then echo "$name"; else echo "$name@$instance"; fi
}

# Every instance of this machine that has a key: one a line, the plain one first.
instances() {
    local folder
    for folder in "$secrets"/default "$secrets"/*; do
        [ -e "$folder/master.key" ] && basename "$folder"
    done | awk '!seen[$0]++'
}

must_exist() {
    [ -e "$secrets/$instance/master.key" ] || fail "there is no instance $instance here; there are: $(instances | tr '\n' ' ')"
}

# Runs the program as the account of the instance, with its settings and its secrets, in its directory: what systemd
# does for the services. The secrets are copied into memory for that long; no other account can read them.
as_instance() {
    if ! is_real; then
        printf 'would: servicepoint %s (as %s)\n' "$*" "$(account)"
        return
    fi
    (
        umask 077
        credentials=$(mktemp -d "${root}/run/servicepoint.XXXXXXXX")
        trap 'rm -rf "$credentials"' EXIT
        local secret
        for secret in "$secrets/$instance"/*; do
            install -m 0400 -o "$(account)" "$secret" "$credentials/$(basename "$secret")"
        done
        chown "$(account)" "$credentials"
        cd "$data/$instance"
        setpriv --reuid "$(account)" --regid "$(account)" --clear-groups --no-new-privs --inh-caps=-all \
            env -i PATH=/usr/bin:/bin LANG=C.UTF-8 \
            SERVICEPOINT_CONFIG="$(settings_file)" \
            SERVICEPOINT_SECRETS__KEY_FILE="$credentials/master.key" \
            SERVICEPOINT_DATABASE__URL_FILE="$credentials/database-url" \
            SERVICEPOINT_BACKUP__DIRECTORY="$backups/$instance" \
            "$program" "$@"
    )
}

# One setting in force: `setting server listen`.
setting() {
    as_instance config show | awk -v section="[$1]" -v key="$2" '
        /^\[/ { inside = ($1 == section) }
        inside && $1 == key { value = $0; sub(/^[^=]*= */, "", value); sub(/ +#[^#]*$/, "", value); gsub(/"/, "", value); print value; exit }'
}

uses_postgres() { grep -q '^postgres' "$secrets/$instance/database-url"; }

# A directory the instance may read, with what only root may read now.
handed_over() {
    local copy
    copy=$(mktemp -d "$data/$instance/.handed-over.XXXXXXXX")
    cp -r "$1" "$copy/city"
    chown -R "$(account)" "$copy"
    chmod -R u+rwX,go= "$copy"
    echo "$copy"
}

load_city() {
    [ -d "$1" ] || wrong "there is no directory $1"
    if ! is_real; then
        say "would: servicepoint city load $1 (as $(account))"
        return
    fi
    local copy status=0
    copy=$(handed_over "$1")
    as_instance city load "$copy/city" || status=$?
    rm -rf "$copy"
    return "$status"
}

# A start with the key and the address that are there already changes neither.
make_secrets() { # make_secrets DATABASE_URL_FILE|"" SMTP_URL_FILE|""
    local folder=$secrets/$instance
    act install -d -m 0700 "$secrets" "$folder"
    if [ ! -e "$folder/master.key" ]; then
        say "making $folder/master.key: copy it to a safe place that is not this machine"
        if is_real; then
            (umask 077 && od -An -tx1 -N32 /dev/urandom | tr -d ' \n' >"$folder/master.key" && echo >>"$folder/master.key")
        fi
    fi
    if [ -n "$1" ]; then
        act install -m 0600 "$1" "$folder/database-url"
    elif [ ! -e "$folder/database-url" ]; then
        say "writing $folder/database-url: SQLite"
        if is_real; then
            (umask 077 && echo "sqlite://$data/$instance/servicepoint.db" >"$folder/database-url")
        fi
    fi
    if [ -n "$2" ]; then
        act install -m 0600 "$2" "$folder/smtp-url"
    fi
}

# Waits until the front door and the worker are ready, for as long as a stop and a start may take.
healthy() {
    local ends=$((SECONDS + patience)) answer=''
    while [ "$SECONDS" -lt "$ends" ]; do
        if answer=$(as_instance probe 2>&1) && answer=$(as_instance probe --worker 2>&1); then
            return 0
        fi
        sleep 0.5
    done
    say "$instance: $answer" >&2
    return 1
}

services() { # services start|stop|restart
    if ! has_systemd && is_real; then
        say "no service manager runs here; $1 yourself: $(unit front), $(unit worker)"
        return 0
    fi
    act systemctl "$1" "$(unit front).service" "$(unit worker).service"
}

newest_backup() {
    find "$backups/$instance" -mindepth 1 -maxdepth 1 -type d ! -name '.*' 2>/dev/null | sort | tail -n 1
}

# Writes one backup, reads it again and says where it lies.
back_up() {
    if has_systemd && is_real; then
        systemctl start "$(unit backup).service" || fail "the backup of $instance failed: journalctl -u $(unit backup)"
    else
        act install -d -m 0700 -o "$(account)" -g "$(account)" "$backups/$instance"
        as_instance backup create
        if is_real; then
            as_instance backup verify --scratch "$backups/$instance" "$(newest_backup)"
        fi
    fi
    say "backup: $(newest_backup)"
}

installed_version() { dpkg-query --show --showformat='${Version}' servicepoint 2>/dev/null || true; }

# The package of a version that was installed before.
kept_package() { find "$packages" -maxdepth 1 -name "servicepoint_${1}_*.deb" 2>/dev/null | head -n 1; }

keep_package() {
    local name
    name=servicepoint_$(dpkg-deb --field "$1" Version)_$(dpkg-deb --field "$1" Architecture).deb
    if [ ! "$1" -ef "$packages/$name" ]; then
        act install -D -m 0600 "$1" "$packages/$name"
    fi
}

check_package() {
    [ -r "$1" ] || wrong "there is no package $1"
    [ "$(dpkg-deb --field "$1" Package 2>/dev/null)" = servicepoint ] || wrong "$1 is not a package of servicepoint"
}

install_package() {
    # Held, so that no other upgrade swaps the program without a backup and without migrations.
    act env SERVICEPOINT_ADMIN=yes DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --quiet --allow-downgrades --allow-change-held-packages \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$(realpath "$1")"
    act apt-mark hold servicepoint
}

# Says what the comment at the top of the task says.
explain() {
    sed -n '2,/^$/{s/^# \{0,1\}//;p}' "$0"
    exit 0
}

need_value() { # need_value OPTION WORDS_LEFT
    [ "$2" -ge 2 ] || wrong "$1 needs a value"
}
