/** True when the text is on the clipboard. Pages on plain HTTP have no clipboard API and use the old command. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea')
  const focused = document.activeElement
  // Within a modal dialog only its own content can be selected.
  const parent = document.querySelector('dialog[open]') ?? document.body
  area.value = text
  area.className = 'sr-only'
  parent.append(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return copied
}
