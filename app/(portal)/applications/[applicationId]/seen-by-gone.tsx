import { DataTable } from '@/components/ui/data-table'
import { EnvironmentBadge } from '@/components/ui/environment'
import { LinkButton } from '@/components/ui/link-button'
import { Mono } from '@/components/ui/mono'
import { Time } from '@/components/ui/time'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import type { Environment } from '@/lib/core/secrets'
import type { SecretSeenByGone } from '@/lib/credentials/schema'

export type SeenByGoneProps = {
  applicationId: string
  seen: SecretSeenByGone[]
  now: Date
  mayRotate: (environment: Environment) => boolean
}

/** The list to work through after people have left: who has seen what, with the way to replace it. Nothing where there is none. */
export function SeenByGone({ applicationId, seen, now, mayRotate }: SeenByGoneProps) {
  if (seen.length === 0) return null
  return (
    <section aria-labelledby="seen-by-gone" className="flex flex-col gap-4">
      <div>
        <h2 id="seen-by-gone" className="scroll-mt-6 text-h3">
          Seen by people who have left
        </h2>
        <p className="max-w-prose text-muted">
          They have no role here now, but these secrets were shown to them and still work. Rotate each: the new one
          works beside it until your program has it.
        </p>
      </div>
      <DataTable
        caption="Secrets seen by people who have left"
        rows={seen}
        rowKey={({ id, personId }) => `${id} ${personId}`}
        columns={[
          { key: 'name', header: 'Person', cell: ({ name }) => <span dir="auto">{name}</span> },
          { key: 'hint', header: 'Secret', cell: ({ hint }) => <Mono>{hint}</Mono> },
          {
            key: 'environment',
            header: 'Environment',
            cell: ({ environment }) => <EnvironmentBadge environment={environment} />,
          },
          { key: 'seen', header: 'Seen', cell: ({ seenAt }) => <Time value={seenAt} now={now} /> },
          {
            key: 'used',
            header: 'Last used',
            cell: ({ lastUsedAt }) => (lastUsedAt ? <Time value={lastUsedAt} now={now} /> : 'Never'),
          },
          {
            key: 'ends',
            header: 'Ends',
            cell: ({ endsAt }) => (endsAt ? <Time value={endsAt} now={now} /> : 'Not yet'),
          },
          {
            key: 'actions',
            header: 'Actions',
            actions: true,
            align: 'right',
            cell: ({ environment, hint, name }) =>
              mayRotate(environment) ? (
                <LinkButton
                  href={`/applications/${applicationId}/credentials?environment=${environment}#rotate`}
                  variant="secondary"
                  size="sm"
                >
                  Rotate
                  <VisuallyHidden>
                    {' '}
                    {hint}, seen by {name}
                  </VisuallyHidden>
                </LinkButton>
              ) : null,
          },
        ]}
      />
    </section>
  )
}
