'use client'

import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { SubmitButton } from '@/components/ui/submit-button'
import type { ChainState } from '@/lib/certificates/chain-state'
import { ActionForm } from '../../../../action-form'
import { scheduleChainAction } from '../actions'

/** The start of a chain that has not started; the cut-over of one that counts, or taking it back. */
export function ScheduleCard({ certificateId, state }: { certificateId: string; state: ChainState }) {
  const change = state === 'scheduled' ? 'start' : 'end'
  return (
    <Card title={change === 'start' ? 'Move the start' : 'Cut-over'}>
      <div className="flex flex-col gap-4">
        <ActionForm action={scheduleChainAction} fields={{ certificateId, change }} className="gap-4">
          {({ state: form, values, errors }) => (
            <>
              <Field
                name="moment"
                label={change === 'start' ? 'Starts at' : 'Ends at'}
                note="UTC"
                hint={change === 'end' ? 'From then on only the other chains count.' : undefined}
                error={errors.moment}
              >
                <Input type="datetime-local" required defaultValue={values.moment} />
              </Field>
              <div className="flex flex-wrap items-center gap-4">
                <SubmitButton variant="secondary">{change === 'start' ? 'Set start' : 'Set end'}</SubmitButton>
                <p role="status" className="text-success-text">
                  {form.status === 'done' ? 'Set.' : ''}
                </p>
              </div>
            </>
          )}
        </ActionForm>
        {state === 'ending' ? (
          <ActionForm action={scheduleChainAction} fields={{ certificateId, change: 'keep' }}>
            {() => <SubmitButton variant="ghost">Take the end back</SubmitButton>}
          </ActionForm>
        ) : null}
      </div>
    </Card>
  )
}
