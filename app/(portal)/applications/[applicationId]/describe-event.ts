const WORDS: Record<string, string> = {
  'application.registered': 'Application registered',
  'application.updated': 'Settings changed',
  'application.suspended': 'Application suspended',
  'application.resumed': 'Application resumed',
  'callback.added': 'Callback added',
  'callback.removed': 'Callback removed',
  'profile.changed': 'Profile changed',
  'secret.made': 'Secret made',
  'secret.revoked': 'Secret revoked',
  'connection.requested': 'Connection requested',
  'connection.granted': 'Connection granted',
  'connection.cancelled': 'Connection cancelled',
  'connection.revoked': 'Connection revoked',
}

/** An audit action in words; one without words of its own reads as it is written: `noun.past-participle`. */
export function describeEvent(action: string): string {
  const known = WORDS[action]
  if (known) return known
  const words = action.replace(/[.-]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
