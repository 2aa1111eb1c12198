/** Each reason of an item: one sentence for people, and the act that cures it. */
export const reasons = {
  not_an_image: { title: "Not an image", cure: "Nothing to do: only images are kept." },
  not_binary: {
    title: "A Google document without a file behind it",
    cure: "Export it as an image at the source and import again.",
  },
  empty: { title: "Empty, 0 bytes", cure: "Upload it again at the source and import again." },
  too_large: {
    title: "Larger than allowed",
    cure: "Raise LIMIT_FILE_BYTES, restart the server and import again.",
  },
  too_many_pixels: {
    title: "More pixels than allowed",
    cure: "Raise LIMIT_PIXELS, restart the server and import again.",
  },
  too_many_frames: {
    title: "More frames than allowed",
    cure: "Raise LIMIT_FRAMES, restart the server and import again.",
  },
  filtered: { title: "Left out by the import’s filter", cure: "Import again with other filters." },
  not_an_address: {
    title: "Not a web address",
    cure: "Correct the line in your list and import it again.",
  },
  address_refused: {
    title: "Does not lead to the public internet",
    cure: "If you trust it, name its network in ALLOW_PRIVATE_ADDRESSES, restart and retry.",
  },
  same_content: {
    title: "Same content as an image that is kept",
    cure: "Nothing to do: the bytes are kept once.",
  },
  unchanged: {
    title: "Imported before and unchanged",
    cure: "Nothing to do: nothing was downloaded.",
  },
  in_trash: {
    title: "Its image was moved to the trash",
    cure: "Restore it from the trash; after 30 days, import the folder by hand.",
  },
  renamed: { title: "Renamed at the source", cure: "Nothing to do: the image’s name followed." },
  html_instead_of_file: {
    title: "A web page came instead of the file",
    cure: "The source may be limiting downloads: wait a while, then retry.",
  },
  truncated: { title: "The download broke off", cure: "Retry: the connection was cut short." },
  checksum: {
    title: "Bytes differ from what the source promised",
    cure: "Retry; if it stays, upload it again at the source.",
  },
  forbidden: {
    title: "The source refused access",
    cure: "Share it with “anyone with the link”, or with the connected account, then retry.",
  },
  abusive: {
    title: "Flagged as harmful by the source",
    cure: "Only its owner can download it at the source.",
  },
  provider_error: { title: "The source had an error", cure: "Retry in a few minutes." },
  timeout: { title: "The source took too long", cure: "Retry later." },
  unreachable: {
    title: "The source could not be reached",
    cure: "Check the network, then retry.",
  },
  too_many_crashes: {
    title: "This file stopped its worker several times",
    cure: "Look at the log of the server, then retry.",
  },
  storage: {
    title: "The bytes could not be stored",
    cure: "Check free space and access of the store (pixharbor doctor), then retry.",
  },
  vanished: {
    title: "Gone after it was listed",
    cure: "Restore it at the source, then retry.",
  },
  job_cancelled: { title: "The job was cancelled", cure: "Import again." },
} as const;

/** Where a source knows a better cure: "source/reason". */
export const cures = {
  "local_folder/forbidden": "Make it readable for the user that runs the server, then retry.",
  "local_folder/unreachable": "Check that its disk is mounted, then retry.",
  "object_storage/forbidden":
    "Allow this server to read it, or restore it from its archive class, then retry.",
  "web_urls/forbidden": "The site refuses it: ask its owner, or bring the file in another way.",
  "web_urls/vanished": "Check the address in a browser; correct it and import it again.",
  "zip_archive/forbidden":
    "Encrypted entries cannot be read: unpack the archive yourself and import the folder.",
  "zip_archive/truncated": "Pack the archive again and bring it: the one that was read is deleted.",
  "zip_archive/checksum": "Pack the archive again and bring it: the one that was read is deleted.",
  "zip_archive/vanished": "Bring the archive again: the one that was read is deleted.",
  "zip_archive/provider_error": "Bring the archive again: the one that was read is deleted.",
  "zip_archive/timeout": "Bring the archive again: the one that was read is deleted.",
  "zip_archive/unreachable": "Bring the archive again: the one that was read is deleted.",
  "zip_archive/too_many_crashes": "Bring the archive again: the one that was read is deleted.",
  "zip_archive/storage": "Bring the archive again: the one that was read is deleted.",
} as const;
