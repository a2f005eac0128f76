'use client'

import { useState } from 'react'
import { ChainReportView } from '@/components/certificates/chain-report'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { LinkButton } from '@/components/ui/link-button'
import { Notice } from '@/components/ui/notice'
import { RadioCards } from '@/components/ui/radio-cards'
import { SubmitButton } from '@/components/ui/submit-button'
import { ActionForm } from '../../../../action-form'
import { submitChainAction } from '../actions'

export type PlanFormProps = {
  fields: Record<string, string>
  /** When the chain was checked. */
  at: string
  /** An operator decides before it counts. */
  review: boolean
  base: string
  others: number
  closesOneWay: boolean
}

/** When the chain starts, what becomes of the others, when the way without a certificate closes. Then it is stored. */
export function PlanForm({ fields, at, review, base, others, closesOneWay }: PlanFormProps) {
  const [start, setStart] = useState('now')
  const [end, setEnd] = useState('keep')
  return (
    <Card title={review ? 'Submit it for review' : 'Submit it'}>
      <ActionForm
        action={submitChainAction}
        fields={fields}
        className="max-w-form"
        whenDone={({ certificateId, state, report }) =>
          certificateId ? (
            <Notice
              meaning="success"
              role="status"
              title={state === 'active' ? 'The chain is active' : 'The chain is stored'}
              action={<LinkButton href={`${base}/${certificateId}`}>Show the chain</LinkButton>}
            >
              {OUTCOMES[state ?? ''] ?? 'You find it among the certificates.'}
            </Notice>
          ) : (
            <ChainReportView report={report} at={at} />
          )
        }
      >
        {({ values, errors }) => (
          <>
            {review ? (
              <Notice>
                Its root is not trusted here, or a second opinion is missing. An operator looks at it; until they
                approve it, it does not count, and nothing else changes.
              </Notice>
            ) : null}
            <div onChange={(event) => setStart(chosen(event.target, start))}>
              <RadioCards
                name="start"
                legend="Start"
                defaultValue={values.start ?? 'now'}
                error={errors.start}
                columns={2}
                options={[
                  {
                    value: 'now',
                    label: review ? 'On approval' : 'Now',
                    description: 'Its certificate counts at once.',
                  },
                  { value: 'later', label: 'Later', description: 'At a moment that you choose.' },
                ]}
              />
            </div>
            <div hidden={start !== 'later'}>
              <MomentField name="startsAt" label="Starts at" values={values} errors={errors} />
            </div>
            {others > 0 ? (
              <>
                <div onChange={(event) => setEnd(chosen(event.target, end))}>
                  <RadioCards
                    name="others"
                    legend={others === 1 ? 'The other chain' : `The ${others} other chains`}
                    defaultValue={values.others ?? 'keep'}
                    error={errors.others}
                    columns={2}
                    options={[
                      { value: 'keep', label: 'Keep', description: 'Both count, until you end one.' },
                      { value: 'end', label: 'End at a cut-over', description: 'Both count until then.' },
                    ]}
                  />
                </div>
                <div hidden={end !== 'end'}>
                  <MomentField
                    name="replacesAt"
                    label="Cut-over"
                    values={values}
                    errors={errors}
                    hint="Empty: as soon as this one starts."
                  />
                </div>
              </>
            ) : null}
            {closesOneWay ? (
              <MomentField
                name="closesOneWayAt"
                label="Calls without a certificate end at"
                values={values}
                errors={errors}
                hint="This is the first certificate: from this moment on, every call needs one. Empty: as soon as it starts."
              />
            ) : null}
            <div>
              <SubmitButton>Submit chain</SubmitButton>
            </div>
          </>
        )}
      </ActionForm>
    </Card>
  )
}

const OUTCOMES: Record<string, string> = {
  active: 'Whoever presents this certificate is your application from now on.',
  scheduled: 'It starts by itself at the moment that you chose.',
  'pending-review': 'An operator looks at its root. You see the outcome among the certificates.',
}

type MomentFieldProps = {
  name: string
  label: string
  hint?: string
  values: Record<string, string>
  errors: Record<string, string[]>
}

function MomentField({ name, label, hint, values, errors }: MomentFieldProps) {
  return (
    <Field name={name} label={label} note="UTC" hint={hint} error={errors[name]}>
      <Input type="datetime-local" defaultValue={values[name]} />
    </Field>
  )
}

function chosen(target: EventTarget, before: string): string {
  return target instanceof HTMLInputElement && target.type === 'radio' ? target.value : before
}
