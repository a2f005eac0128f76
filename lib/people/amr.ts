/** RFC 8176: a key that may be copied to other machines is "swk"; user verification adds "user" and makes two factors of it. */
export function amrOfPasskey(passkey: { backupEligible: boolean }): string[] {
  return [passkey.backupEligible ? 'swk' : 'hwk', 'user', 'mfa']
}

/** RFC 8176: "sms" is a confirmation by text message; the other codes are "otp". Alone, a code is one factor. */
export function amrOfCode(provedBy: string, { withPassword }: { withPassword: boolean }): string[] {
  const code = provedBy === 'sms-code' ? 'sms' : 'otp'
  return withPassword ? ['pwd', code, 'mfa'] : [code]
}
