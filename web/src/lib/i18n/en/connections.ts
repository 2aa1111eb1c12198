/** Words of the connections screen. */
export const connections = {
  title: "Connections",
  lead: "Accounts that pixharbor may read as: private folders, what others have shared with you, shared drives. It reads, and never writes.",
  accounts: "Connected accounts",
  none: "None yet. Public links need no account.",
  connect: "Connect an account",
  connectAt: "Connect {{name}}",
  reads: "You sign in at the provider’s own page; your password never comes here.",
  unknownHere: "{{name}} does not know this server yet: whoever runs it registers it once.",
  register: {
    title: "How to register it",
    google_drive: {
      api: "Make a project, and switch on the Google Drive API for it (APIs and services, Library).",
      consent:
        "Under OAuth consent screen choose External, give it a name, and add the scope https://www.googleapis.com/auth/drive.readonly. Set it to In production: while it is in Testing, every sign-in ends after seven days.",
      client:
        "Under Credentials create an OAuth client ID of the type Web application, with the redirect URI below.",
      settings: "Set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET, and start the server again.",
    },
    dropbox: {
      app: "Create an app: Scoped access, Full Dropbox.",
      permissions:
        "Under Permissions tick files.metadata.read, files.content.read, account_info.read and sharing.read, and press Submit.",
      redirect: "Under Settings enter the redirect URI below.",
      settings: "Set DROPBOX_APP_KEY and DROPBOX_APP_SECRET, and start the server again.",
    },
  },
  redirect: {
    title: "Redirect URI of this server",
    detail:
      "{{name}} wants to know where its sign-in page leads back to. Enter exactly this there.",
  },
  server: {
    detail: "This server’s settings hold an account of their own.",
    act: "Use the server’s account",
  },
  service: {
    title: "Connect a service account",
    detail:
      "For servers without anybody in front of them: the JSON key of a Google service account, with which the folders are shared.",
    key: "Key file (JSON)",
    subject: "Reads in the name of (only with domain-wide delegation)",
    act: "Connect",
    unreadable: "This file is not a JSON key. Download it from Google Cloud once more.",
  },
  kinds: {
    oauth: "signed in",
    service_account: "service account",
    server: "the server’s own",
  },
  states: { connected: "Connected", needs_reauth: "Has to be connected again" },
  since: "connected {{time}}",
  again: "Connect again",
  waiting: "Imports that need it wait, and go on by themselves once it is connected again.",
  disconnect: "Disconnect",
  confirm: {
    title: "Disconnect {{name}}?",
    detail:
      "Its tokens are forgotten. What was imported stays; imports under way pause until the account is connected again.",
  },
  connectedNow: "{{name}} is connected",
  goesOn: "Imports that waited for this account go on by themselves.",
  notConnected: "The account was not connected",
  problems: {
    state_mismatch:
      "The sign-in did not begin in this browser, or at another address of this server. Start it here.",
    sign_in_expired: "It took longer than 15 minutes. Start again.",
    sign_in_denied: "You chose not to allow it. Nothing was kept.",
    scope_missing:
      "The box for seeing your files was not ticked at the provider’s page, so nothing could be read. Connect again and leave it ticked.",
    client_refused:
      "The provider does not accept this server’s registration: whoever runs it checks the client’s id and secret.",
    grant_ended: "The provider’s answer was used already or is too old. Start again.",
    google_api_off:
      "The Google Drive API is not switched on for this server’s project: whoever runs it does so in the Google Cloud console.",
    dropbox_scope_missing:
      "This server’s Dropbox app lacks a permission: whoever runs it ticks account_info.read, files.metadata.read, files.content.read and sharing.read in the Dropbox App Console under Permissions, and presses Submit. Then connect again.",
    other:
      "The provider did not sign you in. Try again; if it stays, the server’s log has the reason.",
  },
} as const;
