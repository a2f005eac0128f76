import { Card } from '@/components/ui/card'
import { DescriptionList } from '@/components/ui/description-list'
import type { ConsentCounts } from '@/lib/consents/schema'

/** How many people have allowed it something in the authorization-code flow; whose, is theirs to know. */
export function ConsentsCard({ counts }: { counts: ConsentCounts }) {
  const number = (value: number) => <span className="tabular">{value.toLocaleString('en')}</span>
  return (
    <Card title="Consents" className="mb-6">
      <div className="flex flex-col gap-4">
        <p className="text-muted">
          Given in the authorization-code flow, for 180 days each. Whose they are is not shown here.
        </p>
        <DescriptionList
          items={[
            { term: 'Granted', detail: number(counts.granted) },
            { term: 'Of these ending within 14 days', detail: number(counts.endingSoon) },
            { term: 'Expired', detail: number(counts.expired) },
            { term: 'Revoked', detail: number(counts.revoked) },
          ]}
        />
      </div>
    </Card>
  )
}
