import type { Metadata } from 'next'
import { Badge } from '@/components/ui/badge'
import { CodeBlock } from '@/components/ui/code-block'
import { PageHeader } from '@/components/ui/page-header'
import { FINDING_CODES, FINDING_GROUPS, FINDINGS, type FindingGroup } from '@/lib/certificates/finding-codes'
import { CheckForm } from './check-form'

export const metadata: Metadata = { title: 'Certificate chains' }

const GROUPS = Object.keys(FINDING_GROUPS) as FindingGroup[]
const SEVERITY_MEANINGS = { error: 'danger', warning: 'warning', unchecked: 'neutral' } as const

export default function CertificatesPage() {
  return (
    <div lang="en" className="flex flex-col gap-12">
      <section>
        <PageHeader
          title="Certificate chains"
          purpose="Check the chain of your client certificate before you submit it. No account is needed, and nothing of it is stored or logged."
        />
        <CheckForm />
      </section>

      <section className="flex flex-col gap-4">
        <h2 className="text-h3">What is wanted</h2>
        <ul className="flex max-w-prose list-disc flex-col gap-1.5 pl-5">
          <li>
            One PEM text: your leaf first, then the intermediates, each followed by its issuer, and the root last.
          </li>
          <li>
            A leaf for client authentication, issued to you by an authority: not self-signed, not an authority itself.
          </li>
          <li>RSA from 2048 bits, P-256, P-384, P-521, Ed25519 or Ed448; signed with SHA-256 or better.</li>
          <li>Never a private key. It is looked for in your browser, before anything is sent.</li>
        </ul>
        <p className="max-w-prose text-muted">
          An unknown root is not refused: an operator of the institution looks at it. What is merely not checked does
          not stop a chain.
        </p>
        <CodeBlock
          label="The same check on the command line"
          code="npm run -s countersign -- certificate check chain.pem --anchor root.pem"
        />
      </section>

      <section className="flex flex-col gap-8">
        <h2 className="text-h3">Every finding, and what mends it</h2>
        <nav aria-label="Groups of findings">
          <ul className="flex flex-wrap gap-x-4 gap-y-1">
            {GROUPS.map((group) => (
              <li key={group}>
                <a href={`#group-${group}`} className="underline underline-offset-2">
                  {FINDING_GROUPS[group]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {GROUPS.map((group) => (
          <FindingGroupSection key={group} group={group} />
        ))}
      </section>
    </div>
  )
}

function FindingGroupSection({ group }: { group: FindingGroup }) {
  return (
    <section id={`group-${group}`} className="flex flex-col gap-3">
      <h3 className="text-lead font-semibold">{FINDING_GROUPS[group]}</h3>
      <ul className="flex flex-col divide-y divide-line rounded-md border border-line bg-surface">
        {FINDING_CODES.filter((code) => FINDINGS[code].group === group).map((code) => {
          const { title, severity, meaning, fix, reference } = FINDINGS[code]
          return (
            <li key={code} id={code} className="flex flex-col gap-1.5 p-4 target:bg-accent-surface">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <h4 className="font-medium">{title}</h4>
                <Badge meaning={SEVERITY_MEANINGS[severity]}>{severity}</Badge>
                <code className="text-meta text-muted">{code}</code>
              </div>
              <p className="max-w-prose">{meaning}</p>
              <p className="max-w-prose break-words">{fix}</p>
              <p className="text-meta text-muted">{reference}</p>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
