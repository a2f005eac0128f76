import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'

export type RoleOption = { value: string; label: string }

type RoleSelectProps = {
  options: RoleOption[]
  chosen?: string
  /** Where several stand on one page. */
  id?: string
  error?: string[]
}

export function RoleSelect({ options, chosen = 'developer', id, error }: RoleSelectProps) {
  return (
    <Field name="role" id={id} label="Role" error={error}>
      <Select defaultValue={chosen}>
        {options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
    </Field>
  )
}
