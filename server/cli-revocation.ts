import { listRevocationSources } from '@/lib/certificates/revocation/list-sources'
import { POLICY_MODES, type RevocationPolicy } from '@/lib/certificates/revocation/policy'
import {
  getRevocationPolicies,
  SetRevocationPolicyInput,
  setRevocationPolicy,
} from '@/lib/certificates/revocation/set-policy'
import type { Context } from '@/lib/context/context'
import { ENVIRONMENTS, type Environment } from '@/lib/core/secrets'
import type { Command, Given } from './cli-commands'
import { parseOptions } from './parse-options'
import { UsageError } from './usage-error'

export const REVOCATION_COMMANDS: readonly Command[] = [
  {
    name: 'revocation policy',
    purpose: 'Show what not knowing about revocation means; with a mode and an age, set it for one environment',
    options: {
      environment: { value: ENVIRONMENTS.join('|'), among: ENVIRONMENTS },
      mode: { value: POLICY_MODES.join('|'), among: POLICY_MODES },
      'max-age': { value: '24h' },
    },
    run: showOrSetPolicy,
  },
  {
    name: 'revocation status',
    purpose: 'The authorities that are asked about revocation, those that fail first',
    options: {},
    async run(ctx) {
      return (await listRevocationSources(ctx)).map((source) => ({
        source_id: source.id,
        kind: source.kind,
        url: source.url,
        certificates: source.certificates,
        revoked: source.revoked,
        fault: source.fault,
        tried_at: source.triedAt,
        good_at: source.goodAt,
        next_update: source.nextUpdate,
        next_fetch_at: source.nextFetchAt,
      }))
    },
  },
]

/** Nothing is half set: whoever names a mode or an age names both, and the environment. */
async function showOrSetPolicy(ctx: Context, { options }: Given): Promise<unknown> {
  const { environment, mode, 'max-age': maxAge } = options
  if (mode === undefined && maxAge === undefined) {
    const policies = await getRevocationPolicies(ctx)
    const shown = ENVIRONMENTS.filter((one) => environment === undefined || one === environment)
    return shown.map((one) => describePolicy(one, policies[one]))
  }
  if (environment === undefined || mode === undefined || maxAge === undefined) {
    throw new UsageError('revocation policy: --environment, --mode and --max-age go together.')
  }
  const input = parseOptions(SetRevocationPolicyInput, { environment, mode, maxAge }, { maxAge: 'max-age' })
  return describePolicy(input.environment, await setRevocationPolicy(ctx, input))
}

function describePolicy(environment: Environment, { mode, maxAgeMs }: RevocationPolicy) {
  return { environment, mode, max_age_seconds: maxAgeMs / 1000 }
}
