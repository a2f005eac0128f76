'use client'

import { Checkbox } from '@/components/ui/checkbox'
import { FieldError } from '@/components/ui/field'
import { Mono } from '@/components/ui/mono'
import { SubmitButton } from '@/components/ui/submit-button'
import { SCOPES, type Scope } from '@/lib/applications/schema'
import { ActionForm } from '../../../action-form'
import { changeScopesAction } from './actions'
import { SCOPE_FAMILIES, SCOPE_WORDS, type ScopeFamily } from './scope-words'

const FAMILIES = Object.keys(SCOPE_FAMILIES) as ScopeFamily[]

export type ScopesFormProps = { applicationId: string; scopes: Scope[] }

export function ScopesForm({ applicationId, scopes }: ScopesFormProps) {
  return (
    <ActionForm
      action={changeScopesAction}
      fields={{ applicationId, environment: 'sandbox' }}
      className="max-w-form gap-5"
    >
      {({ state, errors }) => (
        <>
          {/* React resets a form after its action but leaves old defaults in place; a new key takes the new ones */}
          {FAMILIES.map((family) => (
            <fieldset key={`${family} ${scopes.join(' ')}`} className="flex flex-col gap-3">
              <legend className="mb-2 font-medium">{SCOPE_FAMILIES[family]}</legend>
              {SCOPES.filter((scope) => SCOPE_WORDS[scope].family === family).map((scope) => (
                <Checkbox
                  key={scope}
                  id={scope}
                  name="scopes"
                  value={scope}
                  label={SCOPE_WORDS[scope].label}
                  hint={<Mono>{scope}</Mono>}
                  defaultChecked={scopes.includes(scope)}
                />
              ))}
            </fieldset>
          ))}
          <FieldError id="scopes" messages={errors.scopes ?? []} />
          <p className="text-meta text-muted">
            One request names scopes of one of the two groups. Without any, the authorization page answers
            invalid_scope. What people have granted before stays as it is.
          </p>
          <div className="flex flex-wrap items-center gap-4">
            <SubmitButton variant="secondary">Save scopes</SubmitButton>
            <p role="status" className="text-success-text">
              {state.status === 'done' ? 'Saved.' : ''}
            </p>
          </div>
        </>
      )}
    </ActionForm>
  )
}
