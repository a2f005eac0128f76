import { CornerDownLeft } from 'lucide-react'
import type { Metadata } from 'next'
import { Card } from '@/components/ui/card'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { Mono } from '@/components/ui/mono'
import { Time } from '@/components/ui/time'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import type { CallbackOfApplication } from '@/lib/applications/schema'
import { ConfirmAction } from '../../../confirm-action'
import { ApplicationHeader } from '../application-header'
import { EnvironmentSwitch } from '../environment-switch'
import { environmentOf, loadApplication } from '../load-application'
import { ViewerNotice } from '../viewer-notice'
import { removeCallbackAction } from './actions'
import { AddCallbackForm } from './add-callback-form'

export const metadata: Metadata = { title: 'Callbacks' }

export type CallbacksPageProps = {
  params: Promise<{ applicationId: string }>
  searchParams: Promise<{ environment?: string | string[] }>
}

export default async function CallbacksPage({ params, searchParams }: CallbacksPageProps) {
  const { ctx, application, may } = await loadApplication(params)
  const { environment, callbacks } = await environmentOf(application, searchParams)
  const mayChange = may('callbacks.change', environment)

  return (
    <>
      <ApplicationHeader application={application} tab="callbacks" environment={environment} />
      <EnvironmentSwitch
        application={application}
        address={`/applications/${application.id}/callbacks`}
        current={environment}
      />
      {mayChange ? null : <ViewerNotice role={application.role} act="add and remove callbacks" />}
      <div className="flex flex-col gap-6">
        <p className="max-w-prose text-muted">
          Where people may be sent back to from here. Anything that is not on this list is refused, so that nobody can
          lead them, or a code, somewhere else.
        </p>
        <DataTable
          caption="Callbacks"
          rows={callbacks}
          rowKey={({ id }) => id}
          columns={[
            { key: 'url', header: 'Callback', cell: ({ url }) => <Mono>{url}</Mono> },
            { key: 'added', header: 'Added', cell: ({ createdAt }) => <Time value={createdAt} now={ctx.now} /> },
            {
              key: 'actions',
              header: 'Actions',
              actions: true,
              align: 'right',
              cell: (callback) =>
                mayChange ? <RemoveCallback applicationId={application.id} callback={callback} /> : null,
            },
          ]}
          empty={
            <EmptyState icon={<CornerDownLeft aria-hidden />} title="No callbacks yet">
              You need one as soon as people come back to your program from here: after granting a connection, or from
              the authorization page.
            </EmptyState>
          }
        />
        {mayChange ? (
          <Card title="Add a callback">
            <AddCallbackForm key={environment} applicationId={application.id} environment={environment} />
          </Card>
        ) : null}
      </div>
    </>
  )
}

function RemoveCallback({ applicationId, callback }: { applicationId: string; callback: CallbackOfApplication }) {
  return (
    <ConfirmAction
      action={removeCallbackAction}
      fields={{ applicationId, callbackId: callback.id }}
      trigger={
        <>
          Remove<VisuallyHidden> {callback.url}</VisuallyHidden>
        </>
      }
      triggerSize="sm"
      title="Remove this callback?"
      confirmLabel="Remove callback"
      cancelLabel="Keep it"
    >
      <p>
        <Mono>{callback.url}</Mono>
      </p>
      <p>Requests that name it are refused from now on. Connections and tokens that exist are not touched.</p>
    </ConfirmAction>
  )
}
