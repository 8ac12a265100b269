// parts.js: functions, tables and logs: what they are, and that they agree
// with each other.
'use strict';
const {
  differs, list, ofType, properties, references, refersTo, spelled, unlike,
} = require('./reading.js');

// Each function: its name for the program, the variable that names its table,
// its role, log and parameter of concurrency.
const FUNCTIONS = {
  LookupFunction: ['lookup', 'INDEX_TABLE', 'IndexTable', 'Lookup'],
  CallLogFunction: ['call-log', 'CALLS_TABLE', 'CallsTable', 'CallLog'],
  CallersFunction: ['callers', 'CALLS_TABLE', 'CallsTable', 'Callers'],
};

// Keys of each table, all of them texts.
const KEYS = {
  IndexTable: { suffix: 'HASH' },
  CallsTable: { day: 'HASH', at: 'RANGE' },
};
// The attribute of a call that says when it is to be gone.
const EXPIRES = 'expires';
// Of requests a second: less throttles ourselves, more is no limit.
const LEAST_UNITS = 100;
const MOST_UNITS = 10000;
const MOST_DAYS = 30;
const TIME_LIMIT_S = 3;
// As far as the function callers counts (HANDLER_COUNTED_CALLS).
const COUNTED_CALLS = 100;

const text = JSON.stringify;

// Nothing that belongs to one account, region or partition.
function noPlace(template) {
  const whole = text(template)
    .replace(/ApiDeployment(Public|Jwt)[0-9a-f]{12}/g, '');
  const defaults = Object.values(template.Parameters || {})
    .map((parameter) => parameter.Default);
  const places = text([template.Resources, template.Outputs, defaults]);
  return [
    ...(whole.match(/(?<!\d)\d{12}(?!\d)/g) || [])
      .map((id) => `the account ${id} is written down`),
    ...(places.match(/\b(us|eu|ap|ca|sa|me|af|il|mx)-[a-z]+-\d\b/g) || [])
      .map((region) => `the region ${region} is written down`),
    ...(places.match(/arn:aws:/g) || [])
      .map(() => 'a partition is written down'),
  ];
}

function functionsAgree(template) {
  const functions = ofType(template, 'AWS::Lambda::Function');
  return [
    ...differs('functions', functions.map(({ name }) => name),
      Object.keys(FUNCTIONS)),
    ...functions.flatMap((fn) => {
      const [handler, variable, table, part] = FUNCTIONS[fn.name] || [];
      const variables = (fn.Environment || {}).Variables || {};
      return [
        unlike(`handler of ${fn.name}`, fn.Handler, `${handler}`),
        unlike(`name of ${fn.name}`, fn.FunctionName,
          `vanity-\${Stage}-${handler}`),
        unlike(`environment of ${fn.name}`, variables,
          text({ [variable]: { Ref: table } })),
        unlike(`role of ${fn.name}`, fn.Role, `\${${part}Role.Arn}`),
        unlike(`log of ${fn.name}`, (fn.LoggingConfig || {}).LogGroup,
          `\${${part}Log}`),
        unlike(`concurrency of ${fn.name}`, fn.ReservedConcurrentExecutions,
          `\${${part}Concurrency}`),
        unlike(`code of ${fn.name}`, fn.Code, text({
          S3Bucket: { Ref: 'ArtifactBucket' }, S3Key: { Ref: 'CodeKey' } })),
        unlike(`architecture of ${fn.name}`, fn.Architectures,
          text([{ Ref: 'Architecture' }])),
      ];
    }),
  ];
}

function limitsOfFunctions(template) {
  return ofType(template, 'AWS::Lambda::Function').flatMap((fn) => [
    fn.Timeout !== TIME_LIMIT_S &&
      `${fn.name} may take ${fn.Timeout} s instead of ${TIME_LIMIT_S}`,
    fn.ReservedConcurrentExecutions === undefined &&
      `${fn.name} has no reserved concurrency`,
    fn.Runtime !== 'provided.al2023' && `${fn.name} runs on ${fn.Runtime}`,
  ]);
}

// A limit of nothing, one that a default breaks, or one that never comes.
function limitsOfParameters(template) {
  return Object.entries(template.Parameters || {})
    .filter(([, parameter]) => parameter.Type === 'Number')
    .flatMap(([name, { Default: value, MinValue: least, MaxValue: most }]) => [
      !(least >= 1) && `${name} may be ${least === undefined ? 0 : least}`,
      !(value >= least && !(value > most)) &&
        `the default of ${name} is out of its range`,
      name === 'CallsPerDay' && !(most <= COUNTED_CALLS) &&
        `${name} may be more than is counted`,
    ]);
}

function parametersAreTold(template) {
  const groups = template.Metadata['AWS::CloudFormation::Interface']
    .ParameterGroups.flatMap((group) => group.Parameters);
  return [
    ...differs('groups of parameters', groups,
      Object.keys(template.Parameters)),
    ...Object.entries(template.Parameters)
      .filter(([, parameter]) => !parameter.Description)
      .map(([name]) => `${name} has no description`),
    ...Object.entries(template.Parameters)
      .filter(([name, parameter]) => /Arn$/.test(name) &&
        !parameter.AllowedPattern)
      .map(([name]) => `${name} takes any text`),
  ];
}

function connectIsLet(template) {
  const { Resources: resources } = template;
  const associations = ofType(template, 'AWS::Connect::IntegrationAssociation');
  const associated = associations
    .map((association) => references(association.IntegrationArn)[0]);
  const after = list((resources.ContactFlow || {}).DependsOn);
  return [
    ...Object.keys(FUNCTIONS)
      .filter((name) => !associated.includes(name))
      .map((name) => `${name} is not associated`),
    ...associations.flatMap(({ name, resource, ...association }) => {
      const permission = name.replace('Association', 'FromConnect');
      return [
        !list(resource.DependsOn).includes(permission) &&
          `${name} does not wait for ${permission}`,
        !after.includes(name) && `ContactFlow does not wait for ${name}`,
        unlike(`instance of ${name}`, association.InstanceId,
          '${ConnectInstanceArn}'),
        unlike(`kind of ${name}`, association.IntegrationType,
          'LAMBDA_FUNCTION'),
      ];
    }),
  ];
}

function flowIsAsked(template) {
  return ofType(template, 'AWS::Connect::ContactFlow')
    .filter(({ name }) => name === 'ContactFlow')
    .flatMap(({ Content: content }) => (content['Fn::If'] || []).slice(1))
    .flatMap((variant) => {
      const [words, names] = variant['Fn::Sub'];
      const sms = words.includes('StartOutboundChatContact');
      const given = Object.entries(names)
        .map(([name, value]) => `${name} ${spelled(value)}`);
      return differs('names of the flow', given, [
        'LookupFunctionArn ${LookupFunction.Arn}',
        'CallLogFunctionArn ${CallLogFunction.Arn}',
        'CallersFunctionArn ${CallersFunction.Arn}',
        ...(sms ? ['SmsFlowArn ${SmsFlow.ContactFlowArn}'] : []),
      ]);
    });
}

// tests/flow and tests/aws/test_tables.py hold the program to the same.
function keysOfTables(template) {
  return Object.entries(KEYS).flatMap(([name, keys]) => {
    const table = properties(template, name);
    return [
      ...differs(`keys of ${name}`, list(table.KeySchema)
        .map((key) => `${key.AttributeName} ${key.KeyType}`),
      Object.entries(keys).map((key) => key.join(' '))),
      ...differs(`attributes of ${name}`, list(table.AttributeDefinitions)
        .map((one) => `${one.AttributeName} ${one.AttributeType}`),
      Object.keys(keys).map((key) => `${key} S`)),
    ];
  });
}

function limitsOfTables(template) {
  return ofType(template, 'AWS::DynamoDB::Table').flatMap((table) => {
    const units = Object.entries(table.OnDemandThroughput || {});
    return [
      !units.length && `${table.name} has no upper limit`,
      table.BillingMode !== 'PAY_PER_REQUEST' &&
        `${table.name} is paid for unused`,
      ...units.filter(([, most]) => !(most >= LEAST_UNITS && most <= MOST_UNITS))
        .map(([what, most]) => `${table.name} has a ${what} of ${most}`),
    ];
  });
}

// An index that lies in the bucket comes into the table.
function imported(template) {
  const [when, source = {}] =
    ((properties(template, 'IndexTable').ImportSourceSpecification ||
      {})['Fn::If']) || [];
  return [
    unlike('condition of the import', when, 'HasImport'),
    unlike('format of the import', source.InputFormat, 'DYNAMODB_JSON'),
    unlike('compression of the import', source.InputCompressionType,
      '${ImportCompression}'),
    unlike('source of the import', source.S3BucketSource, text({
      S3Bucket: { Ref: 'ArtifactBucket' },
      S3KeyPrefix: { Ref: 'ImportPrefix' } })),
  ];
}

function indexOutlives(template) {
  const { IndexTable: table } = template.Resources;
  return [
    !/^Retain/.test(table.DeletionPolicy) && 'IndexTable goes with the stack',
    table.UpdateReplacePolicy !== 'Retain' &&
      'IndexTable goes when it is replaced',
  ];
}

function callsAreGuarded(template) {
  const table = properties(template, 'CallsTable');
  const ttl = table.TimeToLiveSpecification || {};
  const recovery = table.PointInTimeRecoverySpecification || {};
  const sse = table.SSESpecification || {};
  return [
    !(ttl.Enabled && ttl.AttributeName === EXPIRES) &&
      'CallsTable keeps calls for ever',
    !recovery.PointInTimeRecoveryEnabled && 'CallsTable cannot be recovered',
    !(sse.SSEEnabled && sse.SSEType === 'KMS' &&
      refersTo(sse.KMSMasterKeyId, 'Key')) &&
      'CallsTable is not encrypted by our key',
    properties(template, 'Key').EnableKeyRotation !== true &&
      'Key is never another',
  ];
}

function retention(template) {
  return ofType(template, 'AWS::Logs::LogGroup')
    .filter((group) => !(group.RetentionInDays <= MOST_DAYS))
    .map((group) => `${group.name} keeps its lines longer than ${
      MOST_DAYS} days`);
}

module.exports = {
  noPlace, functionsAgree, limitsOfFunctions, limitsOfParameters,
  parametersAreTold, connectIsLet, flowIsAsked, keysOfTables, limitsOfTables,
  imported, indexOutlives, callsAreGuarded, retention,
};
