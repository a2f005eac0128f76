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
  'connection.code-shown': 'Connection code shown',
  'disposition.offered': 'Approval asked for',
  'disposition.sent-to-device': 'Sent to a device',
  'disposition.imported': 'Opened on a device',
  'disposition.import-refused': 'A second device turned away',
  'disposition.number-matched': 'Number matched',
  'disposition.number-wrong': 'Wrong number entered',
  'disposition.accepted': 'Accepted',
  'disposition.refused': 'Refused',
  'disposition.cancelled': 'Cancelled',
  'disposition.expired': 'Expired without an answer',
  'disposition.result-presented': 'Result collected',
  'token-family.revoked': 'Tokens revoked',
}

/** An audit action in words; one without words of its own reads as it is written: `noun.past-participle`. */
export function describeEvent(action: string): string {
  const known = WORDS[action]
  if (known) return known
  const words = action.replace(/[.-]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
