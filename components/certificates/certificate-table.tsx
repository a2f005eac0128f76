import { Card } from '@/components/ui/card'
import { CopyButton } from '@/components/ui/copy-button'
import { DescriptionList } from '@/components/ui/description-list'
import { Mono } from '@/components/ui/mono'
import type { ChainCertificate, Psd2 } from '@/lib/certificates/schema'

const DAY_MS = 86_400_000
const ROLE_WORDS = { leaf: 'Leaf', intermediate: 'Intermediate', root: 'Root', stray: 'Belongs to nothing' }

/** What one certificate says, with its place in the file. `at` is the moment of the report. */
export function CertificateTable({ certificate, at }: { certificate: ChainCertificate; at: string }) {
  const { lines } = certificate
  return (
    <Card
      level={3}
      title={<span dir="auto">{certificate.name}</span>}
      description={`Certificate ${certificate.index + 1}, ${ROLE_WORDS[certificate.role].toLowerCase()}${lines ? `, lines ${lines[0]}–${lines[1]}` : ''}`}
    >
      <DescriptionList items={itemsOf(certificate, at)} />
    </Card>
  )
}

function itemsOf(certificate: ChainCertificate, at: string) {
  const { wantedPosition, index, pathLength } = certificate
  const usages = [...certificate.keyUsage, ...certificate.extendedKeyUsage]
  const position = wantedPosition === null ? 'none' : String(wantedPosition + 1)
  return [
    { term: 'Position', detail: wantedPosition === index ? position : `${index + 1}, wanted ${position}` },
    { term: 'Subject', detail: <span dir="auto">{certificate.subject}</span> },
    { term: 'Issuer', detail: <span dir="auto">{certificate.issuer}</span> },
    { term: 'Serial number', detail: <Mono>{certificate.serial}</Mono> },
    {
      term: 'Valid',
      detail: `${day(certificate.notBefore)} to ${day(certificate.notAfter)} (${describeDays(certificate, at)})`,
    },
    { term: 'Key', detail: certificate.key },
    { term: 'Signature', detail: certificate.signature },
    { term: 'Usage', detail: usages.join(', ') || 'not limited' },
    ...(certificate.alternativeNames.length > 0
      ? [{ term: 'Names', detail: certificate.alternativeNames.join(', ') }]
      : []),
    {
      term: 'Authority',
      detail: certificate.isCa ? `yes${pathLength === null ? '' : `, ${pathLength} intermediates below`}` : 'no',
    },
    ...(certificate.psd2 ? psd2Items(certificate.psd2) : []),
    {
      term: 'SHA-256',
      detail: (
        <span className="flex flex-wrap items-center gap-2">
          <Mono>{certificate.sha256}</Mono>
          <CopyButton value={certificate.sha256} subject={`fingerprint of certificate ${index + 1}`} />
        </span>
      ),
    },
  ]
}

const QC_TYPE_WORDS = { web: 'QWAC (web)', eseal: 'QSealC (seal)', esign: 'signature' }

function psd2Items(psd2: Psd2) {
  const authority = [psd2.ncaName, psd2.ncaId && `(${psd2.ncaId})`].filter(Boolean).join(' ')
  return [
    { term: 'Qualified', detail: psd2.qualified ? 'yes' : 'no: nothing in it says so' },
    { term: 'Type', detail: psd2.qcTypes.map((type) => QC_TYPE_WORDS[type]).join(', ') || 'none named' },
    { term: 'PSD2 roles', detail: psd2.roles.join(', ') || 'none' },
    ...(authority ? [{ term: 'Competent authority', detail: authority }] : []),
    ...(psd2.organizationIdentifier
      ? [{ term: 'Organization', detail: <Mono>{psd2.organizationIdentifier}</Mono> }]
      : []),
  ]
}

function day(time: string): string {
  return time.slice(0, 10)
}

function describeDays({ notBefore, notAfter }: ChainCertificate, at: string): string {
  const now = Date.parse(at)
  const count = (from: number, to: number) => {
    const days = Math.floor((to - from) / DAY_MS)
    return days === 1 ? '1 day' : `${days} days`
  }
  if (now < Date.parse(notBefore)) return `begins in ${count(now, Date.parse(notBefore))}`
  if (now > Date.parse(notAfter)) return `expired ${count(Date.parse(notAfter), now)} ago`
  return `${count(now, Date.parse(notAfter))} left`
}
