/**
 * Lets a button open or close a dialog before scripts have loaded (HTML invoker commands). React does not know these
 * attributes by name yet, so they travel as a spread. Browsers without them are served by the click handlers beside.
 */
export function invoker(command: 'show-modal' | 'close', dialogId: string): Record<string, string> {
  return { command, commandfor: dialogId }
}
