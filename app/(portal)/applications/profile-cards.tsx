import { Badge } from '@/components/ui/badge'
import { RadioCards } from '@/components/ui/radio-cards'
import { LEGACY_SUNSET, PROFILE_WORDS, PROFILES } from '@/lib/applications/schema'

const BADGES = {
  standard: <Badge meaning="accent">Recommended</Badge>,
  fapi2: <Badge meaning="success">Strongest</Badge>,
  legacy: <Badge meaning="warning">Ends {LEGACY_SUNSET}</Badge>,
}

/** The security profile, each with what it gives and what it costs. */
export function ProfileCards({ chosen, error }: { chosen: string; error?: string[] }) {
  return (
    <RadioCards
      // React resets a form after its action but leaves old defaults in place; a new key takes the new one
      key={chosen}
      name="profile"
      legend="Profile"
      defaultValue={chosen}
      error={error}
      required
      options={PROFILES.map((profile) => ({
        value: profile,
        label: PROFILE_WORDS[profile].label,
        badge: BADGES[profile],
        description: (
          <>
            <span className="block text-ink">{PROFILE_WORDS[profile].gives}</span>
            <span className="block">Costs: {PROFILE_WORDS[profile].costs}</span>
          </>
        ),
      }))}
    />
  )
}
