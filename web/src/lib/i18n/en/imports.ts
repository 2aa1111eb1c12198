/** Words of the import screen. */
export const imports = {
  title: "Bring images in",
  lead: "From a public link, a list of addresses, a bucket or a folder. Every file is fetched, verified and kept, and each one is accounted for.",
  ways: {
    label: "Where the images are",
    link: "Link",
    list: "List of addresses",
    place: "Folder or bucket",
    connection: "Connected account",
  },
  options: "Options",
  field: "Link to a folder or a file",
  placeholder: "https://drive.google.com/drive/folders/…",
  submit: "Import",
  submitting: "Checking …",
  hint: {
    empty:
      "A Google Drive or Dropbox folder that is shared with “anyone with the link”, or the address of one image.",
    folder: "Google Drive folder, with all its sub-folders.",
    file: "A single file on Google Drive.",
    unsure: "Google Drive link. Whether folder or file shows when it is opened.",
    bareId: "Looks like a Google Drive id.",
    document: "A Google document, not an image. It would be listed and skipped.",
    dropbox: "A folder or file on Dropbox, with all its sub-folders.",
    object_storage: "A bucket, or a part of one.",
    web_urls: "One image on the web.",
    unknown:
      "Not a link that pixharbor knows. Google Drive links look like drive.google.com/drive/folders/…",
  },
  noKey: {
    title: "Google Drive needs an API key",
    detail:
      "Create one at console.cloud.google.com (enable the Drive API, then Credentials, API key; free, two minutes), set it as GOOGLE_API_KEY and start the server again.",
    demo: "Or look around first: this starts a harbour with a sample album, no key needed.",
  },
  account: {
    field: "Account",
    manage: "Connections",
    trail: "Where you are",
    start: "All folders",
    inside: "Look inside {{name}}",
    noFolders: "No folders in here.",
    link: "Folder to import: chosen above, or its link",
    none: "Connect an account to import private folders, what others have shared with you, and shared drives.",
    connect: "Connect an account",
  },
  copy: "Copy",
  copied: "Copied",
} as const;
