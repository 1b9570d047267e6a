/** What the server says would be deleted, without its advice to programs. */
export function deletionText(message: string): string {
  return message.replace(/ Ask again with confirm=true\.$/, '');
}
