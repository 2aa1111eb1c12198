#!/bin/sh
# Makes what nobody has given: passwords and keys, once, and where the S3 server of these containers
# is. Each becomes a file in the folder $1, where pixharbor, PostgreSQL and the S3 server read it.
set -eu
folder=$1

# 192 bits, in characters that need no quoting anywhere.
random() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }
# Whole or not at all: whoever reads meanwhile finds the old value or the new one.
write() { printf '%s' "$2" >"$folder/.$1"; chmod 444 "$folder/.$1"; mv -f "$folder/.$1" "$folder/$1"; }
# What may be given and need not be.
given() { if [ -n "$2" ]; then write "$1" "$2"; else rm -f "$folder/$1"; fi; }
once() { [ -s "$folder/$1" ] || write "$1" "$(random)"; }

case ${DATABASE_URL:-} in
sqlite*)
    echo "DATABASE_URL: containers cannot share SQLite; leave it out, or name a PostgreSQL." >&2
    exit 1
    ;;
esac
case ${STORAGE_URL:-} in
file:*)
    echo "STORAGE_URL: containers cannot share a folder; leave it out, or name a bucket (s3://, gs://)." >&2
    exit 1
    ;;
esac

once secret_key
if [ -n "${POSTGRES_PASSWORD:-}" ]; then
    write postgres_password "$POSTGRES_PASSWORD"
else
    once postgres_password
fi
once s3_root_access_key
once s3_root_secret_key

# Whoever names a bucket means that one, with keys of its own: S3_AWS_…, or Amazon's names for them.
if [ -n "${STORAGE_URL:-}${S3_BUCKET_NAME:-}${GCS_BUCKET_NAME:-}" ]; then
    (cd "$folder" && rm -f s3_bucket_name s3_endpoint_url s3_public_endpoint_url s3_aws_access_key_id s3_aws_secret_access_key)
    if [ -n "${S3_AWS_ACCESS_KEY_ID:-}" ]; then
        unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
    fi
else
    unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION
    write s3_bucket_name pixharbor
    write s3_endpoint_url http://s3:7070
    write s3_public_endpoint_url "$PAGE_URL"
    write s3_aws_access_key_id "$(cat "$folder/s3_root_access_key")"
    write s3_aws_secret_access_key "$(cat "$folder/s3_root_secret_key")"
fi
given aws_access_key_id "${AWS_ACCESS_KEY_ID:-}"
given aws_secret_access_key "${AWS_SECRET_ACCESS_KEY:-}"
given aws_session_token "${AWS_SESSION_TOKEN:-}"
given s3_region "${AWS_REGION:-${AWS_DEFAULT_REGION:-}}"
