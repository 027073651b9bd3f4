# What bin/run, bin/test and bin/bench share: sentences, Python, the virtual environment.
# Read by `source`, from the root of the project, with `set -euo pipefail`. The people who run these are technicians of the
# federation: sentences are in French.

say()  { printf '%s\n' "$*"; }
step() { printf '• %s\n' "$*"; }
fail() { printf '\n' >&2; printf '%s\n' "$@" >&2; exit 1; }

# Prints the path of the first Python that is 3.11 or newer.
find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11 python3.14 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            "$name" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    fail "Ancrage a besoin de Python 3.11 ou plus récent, qui est introuvable sur cette machine." \
         "Sous Debian ou Ubuntu : apt install python3 python3-venv"
}

# fingerprint FILE...: a number that changes when one of them does.
fingerprint() { cat "$@" | cksum | tr ' ' '-'; }

# install_packages VENV LIST: makes VENV if need be and puts in it the packages of
# requirements/LIST.txt, checked against their hashes. Does nothing when it is done already.
install_packages() {
    local venv=$1 list=requirements/$2.txt python wanted count began=$SECONDS
    wanted=$(fingerprint "$list")
    if [ "$(cat "$venv/.installed-$2" 2>/dev/null)" = "$wanted" ] &&
        "$venv/bin/python" -c '' 2>/dev/null; then
        return
    fi

    python=$(find_python) || exit 1
    count=$(grep -c '^[a-zA-Z0-9].*==' "$list")
    step "Environnement Python ($("$python" -V), dans $venv)"
    if ! "$venv/bin/python" -c 'import pip' >/dev/null 2>&1; then
        "$python" -m venv --clear "$venv" || fail \
            "L’environnement virtuel n’a pas pu être créé dans $venv." \
            "Sous Debian ou Ubuntu, il manque peut-être le module venv : apt install python3-venv"
    fi
    step "Installation de $count paquets, épinglés et vérifiés (une minute environ la première fois)"
    if command -v uv >/dev/null && uv pip install --quiet --compile-bytecode --python "$venv/bin/python" \
            --require-hashes -r "$list" 2>/dev/null; then
        :
    else
        "$venv/bin/python" -m pip install --disable-pip-version-check --no-input \
            --require-hashes -r "$list" 2>"$venv/pip.log" | show_progress "$count" || fail \
            "L’installation des paquets a échoué :" "$(tail -n 15 "$venv/pip.log")"
    fi
    printf '%s\n' "$wanted" >"$venv/.installed-$2"
    step "Paquets installés en $((SECONDS - began)) s"
}

# Turns pip's chatter into one line that moves, on a terminal; swallows it elsewhere.
show_progress() {
    local line done=0
    while IFS= read -r line; do
        case $line in
            Collecting*)
                done=$((done + 1))
                line=${line#Collecting }
                [ -t 2 ] && printf '\r\033[K  %s/%s  %s' "$done" "$1" "${line%% *}" >&2 ;;
            Installing*) [ -t 2 ] && printf '\r\033[K  mise en place…' >&2 ;;
        esac
    done
    [ -t 2 ] && printf '\r\033[K' >&2
    return 0
}

# pick_venv: where the virtual environment is: .venv beside the code, or the folder VENV.
pick_venv() {
    if [ ! -w . ] && [ ! -x .venv/bin/python ]; then
        fail "Le dossier $PWD doit être accessible en écriture au premier démarrage :" \
             "l’environnement Python et les traductions compilées s’y installent."
    fi
    printf '%s\n' "${VENV:-$PWD/.venv}"
}

# need THING=PACKAGE...: installs the Debian packages whose program, shared library (….so.N) or font
# (….ttf) is missing, or says how to, and $hint where the caller set it.
need() {
    local pair missing=()
    for pair in "$@"; do
        is_there "${pair%%=*}" || missing+=("${pair#*=}")
    done
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "Il manque à cette machine : ${missing[*]}." \
             "Sous Debian ou Ubuntu : sudo apt-get install --no-install-recommends ${missing[*]}" \
             ${hint:+"$hint"}
    fi
    step "Installation de ${missing[*]} (apt-get)"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -q && apt-get install -q -y --no-install-recommends "${missing[@]}"; } \
        >"$scratch/apt.log" 2>&1 </dev/null || fail \
        "apt-get n’a pas pu installer ${missing[*]} :" "$(tail -n 15 "$scratch/apt.log")"
}

# is_there THING: whether this machine has the program, the shared library or the font.
is_there() {
    case $1 in
        *.so.*) "$(find_program ldconfig)" -p | grep -F "$1 " >/dev/null ;;
        *.ttf) find /usr/share/fonts /usr/local/share/fonts -name "$1" 2>/dev/null | grep . >/dev/null ;;
        *) find_program "$1" >/dev/null ;;
    esac
}

# find_program NAME: its path, PostgreSQL's folders and sbin included (Debian keeps them off PATH).
find_program() {
    command -v "$1" && return
    local folder
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) /usr/sbin; do
        [ -x "$folder/$1" ] && printf '%s\n' "$folder/$1" && return
    done
    return 1
}

# make_scratch [memory]: a folder for this run alone, in $scratch, open to the postgres account and
# removed at the end with the server that start_postgres may have put in it. In memory, where there
# are 2 GB of it to spare, tests empty their tables in a third of the time.
make_scratch() {
    local place=/tmp
    if [ "${1:-}" = memory ] && [ -w /dev/shm ] &&
        [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -gt 2000000 ]; then
        place=/dev/shm
    fi
    scratch=$(mktemp -d "$place/ancrage.XXXXXX")
    chmod 755 "$scratch"
    trap 'clean_scratch' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

clean_scratch() {
    local code=$?
    if [ -f "$scratch/pg/data/postmaster.pid" ]; then
        as_postgres "$(find_program pg_ctl)" -D "$scratch/pg/data" -m immediate stop >/dev/null 2>&1
    fi
    rm -rf "$scratch"
    exit "$code"
}

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# start_postgres: a throw-away server in $scratch, on a unix socket only; sets DATABASE_URL.
start_postgres() {
    local initdb pg_ctl
    initdb=$(find_program initdb) && pg_ctl=$(find_program pg_ctl) || fail "PostgreSQL est introuvable."
    mkdir "$scratch/pg"
    [ "$(id -u)" = 0 ] && chown postgres "$scratch/pg"
    # Nothing here must survive a power cut: no fsync, no write-ahead log to speak of.
    (
        cd "$scratch/pg"
        as_postgres "$initdb" -D data -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync &&
        as_postgres "$pg_ctl" -D data -w -t 60 -l server.log start -o "-c listen_addresses='' \
            -c unix_socket_directories=$scratch/pg -c fsync=off -c synchronous_commit=off \
            -c full_page_writes=off -c max_connections=100 -c shared_buffers=256MB ${1:-}"
    ) >"$scratch/pg.log" 2>&1 || fail "PostgreSQL n’a pas démarré :" "$(tail -n 15 "$scratch/pg.log")"
    export DATABASE_URL="postgres://postgres@/ancrage?host=$scratch/pg"
}
