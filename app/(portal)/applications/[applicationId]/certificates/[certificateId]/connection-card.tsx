import type { PolledHandshakes } from '@/app/api/certificates/[certificateId]/handshakes/polled-handshakes'
import { QueryProvider } from '@/components/query-provider'
import { Card } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { HandshakeWatch } from './handshake-watch'

export type ConnectionCardProps = {
  certificateId: string
  handshakes: PolledHandshakes
  /** Whether a connection with this certificate can succeed now. */
  usable: boolean
  apiUrl: URL
  applicationKey: string
  /** Path of the CA to trust, where the server's certificate is the development one. */
  developmentCa: string | null
}

/** Who connected with the certificate of this chain, what was refused and why, and two lines to try it with. */
export function ConnectionCard(props: ConnectionCardProps) {
  const { certificateId, handshakes, usable } = props
  return (
    <Card title="Connections" description="Handshakes with this certificate, and those that were refused.">
      <div className="flex flex-col gap-6">
        <QueryProvider>
          <HandshakeWatch certificateId={certificateId} initial={handshakes} usable={usable} />
        </QueryProvider>
        {usable ? (
          <section aria-labelledby="test-connection" className="flex flex-col gap-3">
            <h3 id="test-connection" className="font-semibold">
              Test my connection
            </h3>
            <p className="max-w-prose text-muted">
              Run one of these where your program runs, with the chain and its key. The line above says what was seen.
            </p>
            <CodeBlock label="With curl" code={curlLine(props)} />
            <CodeBlock label="With openssl, without a secret" code={opensslLine(props)} />
          </section>
        ) : null}
      </div>
    </Card>
  )
}

function curlLine({ apiUrl, applicationKey, developmentCa }: ConnectionCardProps): string {
  return [
    'curl --cert chain.pem --key key.pem',
    ...(developmentCa ? [`--cacert ${quote(developmentCa)}`] : []),
    `--user ${quote(`${applicationKey}:$APPLICATION_SECRET`, '"')}`,
    `${apiUrl.origin}/v1/application`,
  ].join(' \\\n  ')
}

/** Its answer is a refusal without a secret; the handshake is what is tried. */
function opensslLine({ apiUrl, developmentCa }: ConnectionCardProps): string {
  const { hostname, host, port } = apiUrl
  return [
    `printf 'GET /v1/application HTTP/1.1\\r\\nHost: ${host}\\r\\nConnection: close\\r\\n\\r\\n' |`,
    `  openssl s_client -quiet -connect ${hostname}:${port || '443'} -servername ${hostname} \\`,
    `    -cert chain.pem -key key.pem${developmentCa ? ` -CAfile ${quote(developmentCa)}` : ''}`,
  ].join('\n')
}

function quote(text: string, mark = "'"): string {
  return /^[\w./-]+$/.test(text) ? text : `${mark}${text.replaceAll("'", "'\\''")}${mark}`
}
