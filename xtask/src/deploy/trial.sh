# An operator's hour on a machine that has just been installed: runs inside a small Debian that `cargo xtask deploy check` boots.
# Each step says what it does with a line that begins with ===; the first thing that is not as it should be ends it.
# shellcheck shell=bash
# shellcheck disable=SC2016 # the dollars are GraphQL's

set -euo pipefail
cd /trial

step() { echo "=== $*"; }
fail() {
    echo "FAILED: $*"
    journalctl --no-pager --lines 60 --unit 'servicepoint*' || true
    exit 1
}
admin() { servicepoint-admin "$@"; }
version() { dpkg-query --show --showformat='${Version}' servicepoint; }
# Rows and checksum of what a city must not lose; of accounts the rows alone, because a restore ends their sessions. Messages are left
# out: workers carry them away while we look.
checksum() {
    admin --instance "$1" run checksum | awk '
        $1 ~ /^(appointment|audit|capacity_cell|city_active|city_version)$/ { print; found++ }
        $1 == "account" { print $1, $2; found++ }
        END { if (found != 6) exit 1 }'
}
ready() { admin --instance "$1" run probe >/dev/null && admin --instance "$1" run probe --worker >/dev/null; }
all_ready() {
    ready default || fail "the city of the machine is not ready"
    ready laatzen || fail "laatzen is not ready"
}

# One GraphQL request: ask PORT BODY, with $token if there is one.
token=''
ask() {
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n' >&3
    [ -z "$token" ] || printf 'Authorization: Bearer %s\r\n' "$token" >&3
    printf 'Content-Length: %d\r\n\r\n%s' "${#2}" "$2" >&3
    cat <&3
    exec 3>&-
}
value() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }
# Books the earliest start of a service for the demo's citizen: book PORT SERVICE.
book() {
    local service start office at body
    service=$(ask "$1" '{"query":"{ service(key: \"'"$2"'\") { id } }"}' | value id)
    start=$(ask "$1" '{"query":"query($s: ID!) { earliestStarts(search: { visit: [{ service: $s }] }) { overall { startsAt office { id } } } }","variables":{"s":"'"$service"'"}}')
    office=$(value id <<<"$start")
    at=$(value startsAt <<<"$start")
    body='{"query":"mutation($i: BookAppointmentInput!) { bookAppointment(input: $i) { appointment { number status } problem { code } } }","variables":{"i":{"place":{"start":{"office":"'$office'","startsAt":"'$at'","visit":[{"service":"'$service'"}]}},"contact":{"name":"Eva Beispiel"},"route":"ACCOUNT","idempotencyKey":"operators-hour-'$2'"}}}'
    ask "$1" "$body" | value status
}
# Three matters of one citizen, so that there is something to lose.
book_some() {
    token=''
    token=$(ask "$1" '{"query":"mutation { issueAccessToken(credentials: { login: \"eva.beispiel@example.org\", password: \"demo-citizen-hannover\" }) { token } }"}' | value token)
    local service
    for service in wohnsitz-anmelden personalausweis reisepass; do
        [ "$(book "$1" "$service")" = CONFIRMED ] || fail "$service cannot be booked"
    done
    token=''
}
first=$(dpkg-deb --field 1.deb Version)
second=$(dpkg-deb --field 2.deb Version)

step "install: from nothing to a running city, on SQLite"
apt-get install --yes --quiet ./1.deb >/dev/null
[ ! -e /etc/servicepoint/secrets/default/master.key ] || fail "the package made a key by itself"
if systemctl is-active --quiet servicepoint; then fail "the package started a service by itself"; fi
admin install 1.deb --public-url https://termine.stadt.example --city /usr/share/servicepoint/demo/hannover
ready default || fail "not ready"

step "install again changes nothing"
before=$(sha256sum /etc/servicepoint/secrets/default/* /etc/servicepoint/servicepoint.toml)
admin install 1.deb --public-url https://termine.stadt.example --city /usr/share/servicepoint/demo/hannover
[ "$before" = "$(sha256sum /etc/servicepoint/secrets/default/* /etc/servicepoint/servicepoint.toml)" ] || fail "it changed keys or settings"

step "the sandbox holds in the running services"
for unit in servicepoint servicepoint-worker; do
    process=$(systemctl show --property MainPID --value "$unit")
    grep -q '^Seccomp:[[:space:]]*2' "/proc/$process/status" || fail "$unit runs without its filter of system calls"
    grep -q '^CapBnd:[[:space:]]*0*$' "/proc/$process/status" || fail "$unit may gain capabilities"
    grep -q '^NoNewPrivs:[[:space:]]*1' "/proc/$process/status" || fail "$unit may gain privileges"
    [ "$(stat --format %U "/proc/$process")" = servicepoint ] || fail "$unit runs as somebody else"
    # Its own account may write there, its sandbox may not.
    runuser --user servicepoint -- touch /var/backups/servicepoint/default/trace
    if nsenter --target "$process" --mount -- setpriv --reuid servicepoint --regid servicepoint --clear-groups \
        touch /var/backups/servicepoint/default/trace 2>/dev/null; then
        fail "$unit may write outside of its directory"
    fi
    rm /var/backups/servicepoint/default/trace
done

step "one more city on this machine, on PostgreSQL"
runuser --user postgres -- createuser servicepoint-laatzen
runuser --user postgres -- createdb --owner servicepoint-laatzen laatzen
echo 'postgres://servicepoint-laatzen@localhost/laatzen?host=/var/run/postgresql' >url
admin add-municipality laatzen --port 8100 --public-url https://laatzen.example --database-url-file url \
    --city /usr/share/servicepoint/demo/hannover
ready laatzen || fail "not ready"
before=$(sha256sum /etc/servicepoint/secrets/laatzen/* /etc/servicepoint/laatzen.toml)
admin add-municipality laatzen --city /usr/share/servicepoint/demo/hannover
[ "$before" = "$(sha256sum /etc/servicepoint/secrets/laatzen/* /etc/servicepoint/laatzen.toml)" ] || fail "adding it again changed it"
if runuser --user servicepoint -- cat /var/lib/servicepoint/laatzen/mail >/dev/null 2>&1 || runuser --user servicepoint-laatzen -- ls /var/lib/servicepoint/default >/dev/null 2>&1; then
    fail "one city can read the other's data"
fi

step "people book"
book_some 8080
book_some 8100

step "backup of every city, read again"
for city in default laatzen; do
    echo a-password-of-some-length | admin --instance "$city" run account add --login "before@$city.example" --name Before --role citizen
done
admin backup --all
if admin run audit --help >/dev/null 2>&1; then
    systemctl start servicepoint-audit.service || fail "the audit trail is not whole"
else
    step "left out: this program cannot verify an audit trail"
fi

step "destroyed and restored: everything of the backup, nothing of what came after"
for city in default laatzen; do
    kept=$(checksum "$city")
    echo a-password-of-some-length | admin --instance "$city" run account add --login "after@$city.example" --name After --role citizen
    [ "$kept" != "$(checksum "$city")" ] || fail "the checksum of $city does not see a new account"
    newest=$(find "/var/backups/servicepoint/$city" -mindepth 1 -maxdepth 1 -type d ! -name '.*' | sort | tail -n 1)
    systemctl stop "servicepoint*.service"
    if [ "$city" = default ]; then
        head --bytes 100000 /dev/urandom >/var/lib/servicepoint/default/servicepoint.db
        rm -f /var/lib/servicepoint/default/servicepoint.db-*
    else
        runuser --user postgres -- psql --quiet laatzen --command 'TRUNCATE account, appointment CASCADE'
    fi
    admin --instance "$city" restore "$newest" --yes
    diff <(echo "$kept") <(checksum "$city") || fail "$city did not come back as it was"
    ready "$city" || fail "$city is not ready"
done

step "upgrade: $first to $second"
systemctl start servicepoint servicepoint-worker servicepoint@laatzen servicepoint-worker@laatzen
admin upgrade 2.deb
[ "$(version)" = "$second" ] || fail "version $(version) is installed"
all_ready

step "an upgrade that does not serve goes back by itself"
if SERVICEPOINT_PATIENCE=10 admin upgrade 3.deb; then fail "it called a program that does not serve a success"; fi
[ "$(version)" = "$second" ] || fail "version $(version) is installed"
all_ready

step "rollback: $second to $first"
admin rollback "$first"
[ "$(version)" = "$first" ] || fail "version $(version) is installed"
all_ready
admin run doctor
admin --instance laatzen run doctor

step "purge leaves nothing"
apt-get purge --yes --quiet --allow-change-held-packages servicepoint >/dev/null
left=$(find / -xdev -name '*servicepoint*' -not -path '/proc/*' -not -path '/sys/*' -not -path '/var/log/*' -not -path '/trial/*' 2>/dev/null || true)
[ -z "$left" ] || fail "left behind: $left"
if getent passwd | grep servicepoint; then fail "accounts are left"; fi
if systemctl list-units --all --plain --no-legend 'servicepoint*' | grep -v not-found | grep servicepoint; then fail "units are left"; fi

step "done"
