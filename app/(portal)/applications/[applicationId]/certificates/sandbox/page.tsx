import type { Metadata } from 'next'
import { Notice } from '@/components/ui/notice'
import { ApplicationHeader } from '../../application-header'
import { loadApplication } from '../../load-application'
import { ViewerNotice } from '../../viewer-notice'
import { SandboxForm } from './sandbox-form'

export const metadata: Metadata = { title: 'Sandbox certificate' }

export default async function SandboxCertificatePage({ params }: { params: Promise<{ applicationId: string }> }) {
  const { application, may } = await loadApplication(params)
  return (
    <>
      <ApplicationHeader application={application} tab="certificates" here="Sandbox certificate" />
      <div className="flex flex-col gap-6">
        <div className="max-w-prose">
          <h2 className="text-h3">Make a sandbox certificate</h2>
          <p className="text-muted">
            Your browser makes the key, and the sandbox’s own CA signs a certificate for it. The private key never
            leaves this page unless you download it. Nobody outside the sandbox trusts such a certificate.
          </p>
        </div>
        {may('certificates.submit') ? (
          <>
            <noscript>
              <Notice meaning="warning">
                The key is made by your browser, which needs scripts for it. Switch them on, or make a key and a request
                with openssl and use a CA of your own.
              </Notice>
            </noscript>
            <SandboxForm applicationId={application.id} />
          </>
        ) : (
          <ViewerNotice role={application.role} act="make sandbox certificates" />
        )}
      </div>
    </>
  )
}
