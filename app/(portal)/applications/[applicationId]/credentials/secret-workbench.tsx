'use client'

import { KeyRound, RefreshCw } from 'lucide-react'
import { type ReactNode, useActionState, useState } from 'react'
import { StepUpDialog } from '@/components/step-up/step-up-dialog'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Field } from '@/components/ui/field'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { Input } from '@/components/ui/input'
import { Mono } from '@/components/ui/mono'
import { Notice } from '@/components/ui/notice'
import { RadioCards } from '@/components/ui/radio-cards'
import { SecretPanel } from '@/components/ui/secret-panel'
import { Select } from '@/components/ui/select'
import { SubmitButton } from '@/components/ui/submit-button'
import { Time } from '@/components/ui/time'
import type { Profile } from '@/lib/applications/schema'
import type { Environment } from '@/lib/core/secrets'
import { LIFETIME_DAYS, type MadeSecret, OVERLAPS, type RotatedSecret } from '@/lib/credentials/schema'
import { type FormState, IDLE } from '@/lib/http/form-state'
import { makeSecretAction, replaceSecretAction, rotateSecretAction } from './actions'
import { overlapOptions } from './overlap-words'

export type SecretWorkbenchProps = {
  applicationId: string
  environment: Environment
  profile: Profile
  /** Where the machine APIs answer, for the lines to copy. */
  origin: string
  now: Date
  mayMake: boolean
  mayRotate: boolean
  hasRoom: boolean
  /** What a rotation would end, by hint and last use; null where there is nothing to rotate, or one is under way. */
  replaced: ReactNode
  /** The newest secret, where nobody has used it yet: its value may not have reached anybody. */
  unused: { id: string; hint: string; createdAt: Date } | null
}

/**
 * Where secrets come from: made, rotated, or made anew where one was lost on its way. It stays in its place whatever the
 * page around it shows after the act, so that the one showing of a secret is never swept away.
 */
export function SecretWorkbench(props: SecretWorkbenchProps) {
  const { profile, origin } = props
  const [made, make] = useActionState<FormState<MadeSecret>, FormData>(makeSecretAction, IDLE)
  const [rotated, rotate] = useActionState<FormState<RotatedSecret>, FormData>(rotateSecretAction, IDLE)
  const [replaced, replace] = useActionState<FormState<MadeSecret>, FormData>(replaceSecretAction, IDLE)
  const [stored, setStored] = useState<string[]>([])
  const shown = [made, rotated, replaced]
    .flatMap((state) => (state.status === 'done' ? [state.result] : []))
    .find(({ secretId }) => !stored.includes(secretId))

  if (shown) {
    const { clientId, clientSecret, secretId } = shown
    return (
      <SecretPanel
        key={secretId}
        label="Application secret"
        value={clientSecret}
        env={{ COUNTERSIGN_URL: origin, COUNTERSIGN_CLIENT_ID: clientId, COUNTERSIGN_CLIENT_SECRET: clientSecret }}
        curl={profile === 'fapi2' ? undefined : tokenLine(origin, clientId, clientSecret)}
        onDone={() => setStored([...stored, secretId])}
      />
    )
  }
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end gap-x-8 gap-y-4">
        {props.replaced && props.mayRotate ? <RotateDialog {...props} state={rotated} action={rotate} /> : null}
        {props.mayMake ? <MakeForm {...props} state={made} action={make} /> : null}
      </div>
      {props.unused && props.mayRotate ? (
        <UnusedSecret unused={props.unused} now={props.now} state={replaced} action={replace} />
      ) : null}
    </div>
  )
}

type FormProps<T> = { state: FormState<T>; action: (form: FormData) => void }

function RotateDialog({
  applicationId,
  environment,
  replaced,
  state,
  action,
}: SecretWorkbenchProps & FormProps<RotatedSecret>) {
  return (
    <ConfirmDialog
      anchor="rotate"
      trigger={
        <>
          <RefreshCw aria-hidden />
          Rotate secret
        </>
      }
      triggerVariant="primary"
      title="Rotate the application secret?"
      confirmLabel="Rotate secret"
      confirmVariant="primary"
      cancelLabel="Not now"
      action={action}
      fields={{ applicationId, environment }}
      isWaiting={state.status === 'step-up'}
      error={refusalOf(state)}
      controls={
        <>
          <RadioCards
            name="overlap"
            id="rotate-overlap"
            legend="The old one works for another"
            defaultValue="7d"
            options={overlapOptions(OVERLAPS)}
          />
          <UnusedHoursField id="rotate-unused" />
          <StepUpDialog state={state} />
        </>
      }
    >
      <p>
        You get a new secret at once. Both work at every endpoint until the overlap is over. Then this stops working:
      </p>
      {replaced}
    </ConfirmDialog>
  )
}

/** For secrets that are being replaced: hours, or nothing. */
export function UnusedHoursField({ id, defaultValue }: { id: string; defaultValue?: number }) {
  return (
    <Field
      name="unusedHours"
      id={id}
      label="End it earlier, once unused for"
      note="hours, optional"
      hint="1 to 720. Empty: only at the end of the overlap."
    >
      <Input type="number" inputMode="numeric" min={1} max={720} step={1} defaultValue={defaultValue} />
    </Field>
  )
}

function MakeForm({
  applicationId,
  environment,
  hasRoom,
  state,
  action,
}: SecretWorkbenchProps & FormProps<MadeSecret>) {
  if (!hasRoom) {
    return (
      <Notice title="There is no room for another secret">
        Revoke one that is no longer used, or rotate without an overlap.
      </Notice>
    )
  }
  return (
    <form action={action} className="flex min-w-0 flex-1 basis-80 flex-col gap-4">
      <FormErrorSummary message={refusalOf(state)} errors={{}} />
      <input type="hidden" name="applicationId" value={applicationId} />
      <input type="hidden" name="environment" value={environment} />
      <div className="flex flex-wrap items-end gap-3">
        <Field name="lifetimeDays" label="Another secret, which ends" className="basis-56">
          <Select defaultValue="">
            <option value="">only when you end it</option>
            {LIFETIME_DAYS.map((days) => (
              <option key={days} value={days}>
                after {days} days
              </option>
            ))}
          </Select>
        </Field>
        <SubmitButton variant="secondary" pendingLabel="Making a secret…">
          <KeyRound aria-hidden />
          Make application secret
        </SubmitButton>
      </div>
      <StepUpDialog state={state} />
    </form>
  )
}

type UnusedSecretProps = FormProps<MadeSecret> & { unused: { id: string; hint: string; createdAt: Date }; now: Date }

function UnusedSecret({ unused, now, state, action }: UnusedSecretProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-muted">
      <p>
        Nobody has used <Mono>{unused.hint}</Mono> yet, made <Time value={unused.createdAt} now={now} />. Its value did
        not reach you?
      </p>
      <ConfirmDialog
        trigger="Replace it"
        triggerSize="sm"
        title="Replace the secret that got lost?"
        confirmLabel="Replace secret"
        confirmVariant="primary"
        cancelLabel="Keep it"
        action={action}
        fields={{ secretId: unused.id }}
        isWaiting={state.status === 'step-up'}
        error={refusalOf(state)}
        controls={<StepUpDialog state={state} />}
      >
        <p>
          <Mono>{unused.hint}</Mono> is revoked, and you are shown another in its place. An overlap that is running goes
          on as it is.
        </p>
      </ConfirmDialog>
    </div>
  )
}

function refusalOf(state: FormState<unknown>): string | undefined {
  if (state.status !== 'invalid') return undefined
  return [state.message, ...Object.values(state.fieldErrors).flat()].filter(Boolean).join(' ') || undefined
}

/** Neither value holds a character that a shell or JSON would take for its own. */
function tokenLine(origin: string, clientId: string, clientSecret: string): string {
  const body = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: 'app' }
  return `curl -X POST ${origin}/oa2/v1/cc/token -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`
}
