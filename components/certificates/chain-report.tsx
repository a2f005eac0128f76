import { CircleHelp, CircleX, Download, TriangleAlert } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import { buttonStyle } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import type { ChainReport, Severity, Verdict } from '@/lib/certificates/schema'
import type { Environment } from '@/lib/core/secrets'
import { CertificateTable } from './certificate-table'
import { DrawnChain } from './drawn-chain'

export type ChainReportViewProps = {
  report: ChainReport
  /** When the report was made: days left are counted from here. */
  at: string
  /** Whose trusted roots it was checked against, where a reader may not know. */
  environment?: Environment
}

const VERDICTS: Record<Verdict, { meaning: 'success' | 'warning' | 'danger'; title: string; text: string }> = {
  accept: {
    meaning: 'success',
    title: 'This chain is sound',
    text: 'It is complete, in order and sound.',
  },
  review: {
    meaning: 'warning',
    title: 'This chain needs a review',
    text: 'No fault was found, but an operator of the institution has to look at it before it can be used.',
  },
  reject: { meaning: 'danger', title: 'This chain is refused', text: 'Mend what is listed below, and send it again.' },
}

/** All that is known of a submitted chain: verdict, findings, the chain drawn, one table for each certificate. */
export function ChainReportView({ report, at, environment }: ChainReportViewProps) {
  const verdict = VERDICTS[report.verdict]
  const where = environment ? ` in ${environment === 'sandbox' ? 'the sandbox' : 'production'}` : ' here'
  const unasked = report.findings.some(({ code }) => code === 'revocation-unchecked')
  return (
    <div className="flex flex-col gap-8">
      <Notice meaning={verdict.meaning} title={verdict.title} action={<Offers report={report} />}>
        {verdict.text}
        {report.trusted ? ` Its root is trusted${where}.` : null}
        {report.verdict !== 'reject' && unasked
          ? ' Whether all of it is still good, rather than revoked, is not known: see below.'
          : null}
      </Notice>
      {report.findings.length > 0 ? <FindingsList report={report} /> : null}
      {report.certificates.length > 0 ? (
        <>
          <DrawnChain report={report} />
          <section className="flex flex-col gap-4">
            <h2 className="text-lead font-semibold">Certificates, as they stand in the file</h2>
            {report.certificates.map((certificate) => (
              <CertificateTable key={certificate.index} certificate={certificate} at={at} />
            ))}
          </section>
        </>
      ) : null}
    </div>
  )
}

function Offers({ report: { reordered, missingRoot } }: { report: ChainReport }) {
  if (!reordered && !missingRoot) return null
  return (
    <>
      {reordered ? <DownloadPem pem={reordered} name="chain.pem" label="Download it in the right order" /> : null}
      {missingRoot ? (
        <DownloadPem pem={missingRoot.pem} name="root.pem" label={`Download the missing root, ${missingRoot.name}`} />
      ) : null}
    </>
  )
}

function DownloadPem({ pem, name, label }: { pem: string; name: string; label: string }) {
  return (
    <a
      href={`data:application/x-pem-file,${encodeURIComponent(pem)}`}
      download={name}
      className={buttonStyle({ variant: 'secondary' })}
    >
      <Download aria-hidden />
      {label}
    </a>
  )
}

const SEVERITIES: Record<Severity, { icon: typeof CircleX; meaning: 'danger' | 'warning' | 'neutral'; word: string }> =
  {
    error: { icon: CircleX, meaning: 'danger', word: 'Error' },
    warning: { icon: TriangleAlert, meaning: 'warning', word: 'Warning' },
    unchecked: { icon: CircleHelp, meaning: 'neutral', word: 'Not checked' },
  }

function FindingsList({ report: { findings } }: { report: ChainReport }) {
  return (
    <section className="flex flex-col gap-3">
      <h2 className="text-lead font-semibold">
        {findings.length === 1 ? 'One finding' : `${findings.length} findings, all at once`}
      </h2>
      <ul className="flex flex-col divide-y divide-line rounded-md border border-line bg-surface">
        {findings.map((finding) => {
          const { icon: Icon, meaning, word } = SEVERITIES[finding.severity]
          const where = finding.lines
            ? finding.lines[0] === finding.lines[1]
              ? `line ${finding.lines[0]}`
              : `lines ${finding.lines[0]}–${finding.lines[1]}`
            : null
          return (
            <li key={`${finding.code} ${finding.certificate} ${finding.message}`} className="flex flex-col gap-1.5 p-4">
              <div className="flex flex-wrap items-center gap-2">
                <Badge meaning={meaning}>
                  <Icon aria-hidden />
                  {word}
                </Badge>
                <a
                  href={`/docs/certificates#${finding.code}`}
                  className="font-mono text-meta underline underline-offset-2"
                >
                  {finding.code}
                </a>
                {where ? <span className="text-meta text-muted tabular">{where}</span> : null}
              </div>
              <p className="max-w-prose break-words">{finding.message}</p>
              <p className="max-w-prose break-words text-muted">{finding.fix}</p>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
