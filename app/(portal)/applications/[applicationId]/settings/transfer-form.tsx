'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { SubmitButton } from '@/components/ui/submit-button'
import { ActionForm } from '../../../action-form'
import { requestTransferAction } from '../../transfer-actions'

export function TransferForm({ applicationId }: { applicationId: string }) {
  return (
    <ActionForm action={requestTransferAction} fields={{ applicationId }} className="max-w-form">
      {({ values, errors }) => (
        <>
          <Field
            name="businessId"
            label="Id of the business"
            hint="Its owners find it under “Your businesses”. It begins with cus_."
            error={errors.businessId}
          >
            <Input
              required
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              defaultValue={values.businessId}
              className="font-mono"
            />
          </Field>
          <div>
            <SubmitButton variant="secondary">Offer the application</SubmitButton>
          </div>
        </>
      )}
    </ActionForm>
  )
}
