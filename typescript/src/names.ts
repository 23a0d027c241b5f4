/** Return the names in a text, which spaces separate. */
export function words(text: string | undefined): string[] {
  return text ? text.split(" ") : [];
}

/** Return a name on the wire in camelCase. */
export function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
