/** Functions of CloudFormation in a text a person can read: what is known at deployment is in <>. */
export function readable(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const [[name, argument]] = Object.entries(value) as [[string, unknown]];
  switch (name) {
    case 'Ref':
      return `<${withoutHash(String(argument)).replace('AWS::', '').toLowerCase()}>`;
    case 'Fn::GetAtt': {
      const [id = '', attribute = ''] = argument as string[];
      return `<${withoutHash(id)} ${attribute}>`;
    }
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map(readable).join(separator);
    }
    case 'Fn::GetStackOutput': {
      const { OutputName } = argument as { OutputName: string };
      return `<${withoutHash(OutputName.replace(/^PublishOutput(FnGetAtt|Ref)/, ''))}>`;
    }
    default:
      return JSON.stringify(value);
  }
}

/** CDK's ids and output names carry hashes of where they come from. */
function withoutHash(id: string): string {
  return id
    .replaceAll(/[0-9A-F]{8}/g, ' ')
    .trim()
    .replaceAll(/ +/g, ' ');
}
