# shellcheck shell=bash
# as_nobody VANITY_COMMAND...: runs the program, from a folder of its own that
# everybody may enter, as a user whom permissions stop; root is none.
# nobody_folder: that folder, with p356.mdb in it.
nobody_folder=$(mktemp -d)
trap 'chmod -R u+rwx "$nobody_folder"; rm -rf "$nobody_folder"' EXIT
chmod 755 "$nobody_folder"
mkdir "$nobody_folder/bin"
cp "$(command -v vanity)" "$nobody_folder/bin"
cp p356.mdb "$nobody_folder"
chmod 755 "$nobody_folder/bin/vanity"
chmod 644 "$nobody_folder/p356.mdb"
cd "$nobody_folder" || exit 99

as_nobody() {
    local user=()

    if [ "$(id -u)" -eq 0 ]; then
        user=(setpriv --reuid nobody --regid nogroup --clear-groups)
    fi
    shift # "vanity"
    "${user[@]}" ./bin/vanity "$@"
}
