"""The answers Google gives when it is overloaded, suspicious, or out of quota."""

from pixharbor_emulators.drive_errors import Reply, error, html


def insufficient_permissions() -> Reply:
    """Refuse a file that exists but may not be read."""
    message = "The user does not have sufficient permissions for this file."
    return error(403, "insufficientFilePermissions", message)


def abusive() -> Reply:
    """Refuse what Google takes for malware or spam."""
    message = (
        "This file has been identified as malware or spam and cannot be downloaded. "
        "Only the owner may acknowledge this."
    )
    return error(403, "cannotDownloadAbusiveFile", message)


def download_quota() -> Reply:
    """Refuse one file that too many people have fetched, for up to a day."""
    message = "The download quota for this file has been exceeded."
    return error(403, "downloadQuotaExceeded", message)


def daily_limit() -> Reply:
    """Refuse everything until the day is over."""
    message = (
        "Daily Limit Exceeded. The quota will be reset at midnight Pacific Time (PT). "
        "You may monitor your quota usage and adjust limits in the API Console."
    )
    return error(403, "dailyLimitExceeded", message, domain="usageLimits")


def user_rate_limit() -> Reply:
    """Refuse because one user asks too fast."""
    message = (
        "User Rate Limit Exceeded. Rate of requests for user exceed configured project quota, "
        "you may consider re-evaluating expected per-user traffic to the API and adjust project "
        "quota limits accordingly."
    )
    return error(403, "userRateLimitExceeded", message, domain="usageLimits")


def rate_limit() -> Reply:
    """Refuse because the whole project asks too fast."""
    return error(403, "rateLimitExceeded", "Rate Limit Exceeded", domain="usageLimits")


def too_many_requests() -> Reply:
    """Refuse with the status that also means: slower."""
    return error(
        429,
        "rateLimitExceeded",
        "Too many concurrent requests.",
        domain="usageLimits",
        more={"status": "RESOURCE_EXHAUSTED"},
    )


def backend_error(status: int) -> Reply:
    """Fail inside Google, with Google's JSON."""
    reason = "internalError" if status == 500 else "backendError"  # noqa: PLR2004 - the status
    message = "Internal Error" if reason == "internalError" else "Service Unavailable"
    return error(status, reason, message)


def bad_gateway() -> Reply:
    """Fail before Drive is reached: a page, not JSON."""
    return html(
        502,
        "<!DOCTYPE html>\n<html lang=en>\n<title>Error 502 (Server Error)!!1</title>\n"
        "<p><b>502.</b> <ins>That's an error.</ins>\n"
        "<p>The server encountered a temporary error and could not complete your request."
        "<p>Please try again in 30 seconds. <ins>That's all we know.</ins>\n</html>",
    )


def automated_queries() -> Reply:
    """Suspect a robot, as bulk downloads with an API key have met."""
    return html(
        403,
        "<html><head><title>Sorry...</title></head><body><h1>We're sorry...</h1>"
        "<p>... but your computer or network may be sending automated queries. To protect our "
        "users, we can't process your request right now.</p></body></html>",
    )


def virus_scan_page() -> Reply:
    """Send the interstitial page of large files in place of the file, with status 200."""
    return html(
        200,
        "<!DOCTYPE html><html><head><title>Google Drive - Virus scan warning</title></head><body>"
        '<p class="uc-warning-caption">Google Drive can\'t scan this file for viruses.</p>'
        '<form id="download-form" action="https://drive.usercontent.google.com/download" '
        'method="get"><input type="submit" value="Download anyway"/></form></body></html>',
    )


def quota_page() -> Reply:
    """Send the page about too many downloads in place of the file, with status 200."""
    return html(
        200,
        "<!DOCTYPE html><html><head><title>Google Drive - Quota exceeded</title></head><body>"
        '<p class="uc-error-caption">Sorry, you can\'t view or download this file at this time.</p>'
        '<p class="uc-error-subcaption">Too many users have viewed or downloaded this file '
        "recently. Please try accessing the file again later.</p></body></html>",
    )


def login_page() -> Reply:
    """Send the sign-in page in place of the file, with status 200."""
    return html(
        200,
        "<!doctype html><html><head><title>Google Drive: Sign-in</title></head><body>"
        '<form action="https://accounts.google.com/v3/signin/identifier"></form></body></html>',
    )


def redirect(address: str) -> Reply:
    """Send the caller elsewhere for the bytes."""
    return html(307, "", [(b"location", address.encode())])
