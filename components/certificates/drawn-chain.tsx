import { ArrowDown, CircleDashed, FileBadge, Landmark, Link2Off, Stamp, Unlink } from 'lucide-react'
import { mergeClasses } from '@/components/ui/merge-classes'
import { Mono } from '@/components/ui/mono'
import type { ChainCertificate, ChainLink, ChainReport } from '@/lib/certificates/schema'

/** The chain from leaf to root, whatever the order of the file: what is missing is a box of its own, with what to look for. */
export function DrawnChain({ report }: { report: ChainReport }) {
  const byIndex = new Map(report.certificates.map((certificate) => [certificate.index, certificate]))
  const strays = report.certificates.filter(({ role }) => role === 'stray')
  const leafIsMissing = report.findings.some(({ code }) => code === 'leaf-missing')
  return (
    <section className="flex flex-col gap-4">
      <h2 className="text-lead font-semibold">The chain, from leaf to root</h2>
      <ol className="flex max-w-form flex-col gap-2">
        {leafIsMissing ? <Ghost title="Your leaf" detail="The certificate that was issued to you" /> : null}
        {report.links.map((link) => {
          const certificate = byIndex.get(link.certificate)
          return certificate ? <Step key={link.certificate} certificate={certificate} link={link} /> : null
        })}
      </ol>
      {strays.length > 0 ? (
        <div className="flex flex-col gap-2">
          <h3 className="font-medium">Not part of this chain</h3>
          <ul className="flex max-w-form flex-col gap-2">
            {strays.map((certificate) => (
              <li key={certificate.index}>
                <Box certificate={certificate} />
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </section>
  )
}

const ARROWS = {
  sound: { icon: ArrowDown, tone: 'text-muted', words: 'issued by' },
  broken: { icon: Unlink, tone: 'text-danger-text', words: 'not signed by this one' },
  missing: { icon: Link2Off, tone: 'text-danger-text', words: 'issued by one that is missing' },
} as const

function Step({ certificate, link }: { certificate: ChainCertificate; link: ChainLink }) {
  const isOwnIssuer = link.issuer === link.certificate
  const { icon: Icon, tone, words } = ARROWS[link.state]
  return (
    <>
      <li className="flex flex-col gap-2">
        <Box certificate={certificate} />
        {isOwnIssuer && link.state === 'sound' ? null : (
          <p className={mergeClasses('flex items-center gap-2 pl-4 text-meta', tone)}>
            <Icon aria-hidden className="size-4" />
            {isOwnIssuer ? 'not signed by itself' : words}
          </p>
        )}
      </li>
      {link.wanted ? (
        <Ghost title={link.wanted.subject} detail={link.wanted.keyId ? `Key identifier ${link.wanted.keyId}` : null} />
      ) : null}
    </>
  )
}

const ROLES = {
  leaf: { icon: FileBadge, word: 'Leaf' },
  intermediate: { icon: Stamp, word: 'Intermediate' },
  root: { icon: Landmark, word: 'Root' },
  stray: { icon: CircleDashed, word: 'Belongs to nothing' },
} as const

function Box({ certificate }: { certificate: ChainCertificate }) {
  const { icon: Icon, word } = ROLES[certificate.role]
  const isMisplaced = certificate.wantedPosition !== null && certificate.wantedPosition !== certificate.index
  return (
    <div className="flex items-start gap-3 rounded-md border border-line bg-surface p-3">
      <Icon aria-hidden className="mt-0.5 size-5 shrink-0 text-muted" />
      <div className="min-w-0">
        <p className="font-medium break-words" dir="auto">
          {certificate.name}
        </p>
        <p className="text-meta text-muted">
          {word}, certificate {certificate.index + 1} in the file
          {isMisplaced ? `, wanted at position ${(certificate.wantedPosition ?? 0) + 1}` : ''}
        </p>
      </div>
    </div>
  )
}

function Ghost({ title, detail }: { title: string; detail: string | null }) {
  return (
    <li className="flex items-start gap-3 rounded-md border border-dashed border-danger-line bg-danger-surface p-3">
      <CircleDashed aria-hidden className="mt-0.5 size-5 shrink-0 text-danger-text" />
      <div className="min-w-0">
        <p className="font-medium break-words" dir="auto">
          Missing: {title}
        </p>
        {detail ? (
          <p className="text-meta">
            <Mono>{detail}</Mono>
          </p>
        ) : null}
      </div>
    </li>
  )
}
