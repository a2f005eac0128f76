'use client'

import { Download } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { CodeBlock } from '@/components/ui/code-block'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import type { SandboxCertificate } from '@/lib/certificates/chain-schema'
import { keepChain } from '../kept-chain'
import { exportPrivateKey } from './browser-key'
import { SANDBOX_KIND_WORDS } from './sandbox-kind-words'

export type MadeCertificateProps = { applicationId: string; made: SandboxCertificate; keys: CryptoKeyPair }

/** The certificate, and the only chance to keep its key: the page forgets it. Takes the focus when it appears. */
export function MadeCertificate({ applicationId, made, keys }: MadeCertificateProps) {
  const panel = useRef<HTMLDivElement>(null)
  const router = useRouter()
  useEffect(() => panel.current?.focus(), [])
  const broken = SANDBOX_KIND_WORDS.find(({ value }) => value === made.kind && value !== 'working')
  const name = `sandbox-${made.kind}`

  async function savePem() {
    save(`${name}.pem`, 'application/x-pem-file', (await exportPrivateKey(keys)) + made.chain)
  }

  function submit() {
    keepChain(made.chain)
    router.push(`/applications/${applicationId}/certificates/submit`)
  }

  return (
    <div ref={panel} tabIndex={-1} className="flex flex-col gap-6 outline-none">
      <Notice meaning={broken ? 'warning' : 'success'} title={broken ? broken.label : 'The certificate is made'}>
        {broken ? `${broken.description} Submit it to see how it is refused. ` : null}
        Its private key is in this page alone. Download it before you leave: it cannot be had again.
      </Notice>
      <div className="flex flex-wrap gap-2">
        <Button onClick={submit}>Submit this chain</Button>
        <Button onClick={savePem} variant="secondary">
          <Download aria-hidden />
          Download key and chain (PEM)
        </Button>
        <Button onClick={() => save(`${name}-chain.pem`, 'application/x-pem-file', made.chain)} variant="secondary">
          <Download aria-hidden />
          Download chain (PEM)
        </Button>
      </div>
      <KeyStoreForm made={made} keys={keys} name={name} />
      <CodeBlock label="Chain to submit" code={made.chain} />
    </div>
  )
}

/** The key store is made here as well; its password is not sent anywhere. */
function KeyStoreForm({ made, keys, name }: { made: SandboxCertificate; keys: CryptoKeyPair; name: string }) {
  const [pending, setPending] = useState(false)
  const [failed, setFailed] = useState(false)

  async function saveKeyStore(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    if (pending) return
    const password = String(new FormData(event.currentTarget).get('password') ?? '')
    setPending(true)
    setFailed(false)
    try {
      const { makeKeyStore } = await import('./make-key-store')
      const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
      save(`${name}.p12`, 'application/x-pkcs12', await makeKeyStore(pkcs8, made.ordered, password))
    } catch {
      setFailed(true)
    } finally {
      setPending(false)
    }
  }

  return (
    <form onSubmit={saveKeyStore} className="flex max-w-form flex-col gap-3 rounded-md border border-line p-4">
      <Field
        name="password"
        label="Password for a key store (PKCS #12)"
        hint="Eight characters or more. It protects the file and stays in your browser."
        error={
          failed
            ? 'The key store could not be made. Reload the page once it is online, and make a new certificate.'
            : undefined
        }
      >
        <Input type="password" autoComplete="new-password" minLength={8} required />
      </Field>
      <div>
        <Button type="submit" variant="secondary" pending={pending}>
          <Download aria-hidden />
          Download key store
        </Button>
      </div>
    </form>
  )
}

function save(fileName: string, type: string, content: string | ArrayBuffer): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
