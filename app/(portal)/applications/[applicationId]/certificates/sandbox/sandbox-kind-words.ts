import type { SandboxKind } from '@/lib/certificates/chain-schema'

/** What can be made: one that works, and refusals to rehearse. */
export const SANDBOX_KIND_WORDS: { value: SandboxKind; label: string; description: string }[] = [
  { value: 'working', label: 'One that works', description: 'Leaf, intermediate and root in the right order.' },
  { value: 'reversed', label: 'Broken: reversed', description: 'The root first and the leaf last.' },
  { value: 'incomplete', label: 'Broken: incomplete', description: 'The intermediate is missing.' },
  { value: 'expired', label: 'Broken: expired', description: 'The leaf ended yesterday.' },
  { value: 'revoked', label: 'Broken: revoked', description: 'The sandbox CA has taken the leaf back.' },
  { value: 'wrong-usage', label: 'Broken: wrong usage', description: 'For servers only, without clientAuth.' },
]
