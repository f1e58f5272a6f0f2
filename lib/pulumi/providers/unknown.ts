/** What Pulumi hands over in a preview for a value that only the update will know, and takes back as the same. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
