// rights.js: who may do what. All is compared with tables: what stands in
// none of them is a violation.
'use strict';
const { differs, list, ofType, properties, spelled } = require('./reading.js');

const THIS_ACCOUNT = '${AWS::AccountId}';
const VIA_DYNAMODB =
  ' if StringEquals kms:ViaService dynamodb.${AWS::Region}.${AWS::URLSuffix}';
const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];

const logsTo = (group) => LOGS.map((action) => `${action} on \${${group}.Arn}`);
const byKey = (actions) =>
  actions.map((action) => `${action} on \${Key.Arn}${VIA_DYNAMODB}`);

// Every right of every role.
const ROLES = {
  LookupRole: {
    service: 'lambda.amazonaws.com',
    rights: ['dynamodb:GetItem on ${IndexTable.Arn}', ...logsTo('LookupLog')],
  },
  CallLogRole: {
    service: 'lambda.amazonaws.com',
    rights: ['dynamodb:PutItem on ${CallsTable.Arn}',
      ...byKey(['kms:Decrypt', 'kms:GenerateDataKey']), ...logsTo('CallLogLog')],
  },
  CallersRole: {
    service: 'lambda.amazonaws.com',
    rights: ['dynamodb:Query on ${CallsTable.Arn}', ...byKey(['kms:Decrypt']),
      ...logsTo('CallersLog')],
  },
  ApiWriterRole: {
    service: 'apigateway.amazonaws.com',
    rights: [],
    managed: ['arn:${AWS::Partition}:iam::aws:policy/service-role/' +
      'AmazonAPIGatewayPushToCloudWatchLogs'],
  },
};

// Who is let in by policies of resources, and under which condition.
const GUESTS = {
  Key: ['arn:${AWS::Partition}:iam::${AWS::AccountId}:root',
    `cloudwatch.amazonaws.com if StringEquals aws:SourceAccount ${
      THIS_ACCOUNT}`],
  SitePolicy: ['cloudfront.amazonaws.com if StringEquals AWS:SourceArn ' +
    'arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/' +
    '${Distribution}'],
  NoticesPolicy: [`cloudwatch.amazonaws.com if StringEquals aws:SourceAccount ${
    THIS_ACCOUNT}`],
};
// What guests may do; the account itself may do what its own policies say.
const GUESTS_ACTIONS = {
  Key: ['kms:Decrypt', 'kms:GenerateDataKey'],
  SitePolicy: ['s3:GetObject'],
  NoticesPolicy: ['sns:Publish'],
};

// Who may call which function, and from where.
const CALLERS = {
  LookupFromConnect: ['LookupFunction', 'connect', '${ConnectInstanceArn}'],
  CallLogFromConnect: ['CallLogFunction', 'connect', '${ConnectInstanceArn}'],
  CallersFromConnect: ['CallersFunction', 'connect', '${ConnectInstanceArn}'],
  LookupFromApi: ['LookupFunction', 'apigateway',
    'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:' +
    '${Api}/${Stage}/GET/vanitynumbers'],
  CallersFromApi: ['CallersFunction', 'apigateway',
    'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:' +
    '${Api}/${Stage}/GET/callers'],
};

const DOCUMENTS = ['KeyPolicy', 'PolicyDocument', 'AssumeRolePolicyDocument'];

const statementsOf = (document) => list((document || {}).Statement);

function inlineOf(role) {
  return list(role.Policies)
    .flatMap((policy) => statementsOf(policy.PolicyDocument));
}

// Every statement of every policy, with the name of its resource.
function statements(template) {
  return Object.keys(template.Resources).flatMap((name) => {
    const resource = properties(template, name);
    return [
      ...DOCUMENTS.flatMap((key) => statementsOf(resource[key])),
      ...(Array.isArray(resource.Policies) ? inlineOf(resource) : []),
    ].map((statement) => ({ name, ...statement }));
  });
}

// " if StringEquals KEY VALUE" of a statement, or "".
function condition({ Condition }) {
  return Object.entries(Condition || {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) =>
      ` if ${operator} ${key} ${spelled(value)}`)).join('');
}

function sourceOfPermissions(template) {
  const permissions = ofType(template, 'AWS::Lambda::Permission');
  return [
    ...differs('permissions', permissions.map(({ name }) => name),
      Object.keys(CALLERS)),
    ...permissions.flatMap((permission) => {
      const { name, SourceArn, SourceAccount } = permission;
      const [fn, service, source] = CALLERS[name] || [];
      const principal = `${service}.amazonaws.com`;
      const from = spelled(SourceArn);
      return [
        !SourceArn && `${name} has no SourceArn`,
        from.includes('*') && `${name} has a wildcard in its SourceArn`,
        SourceArn && from !== source && `${name} lets ${from} call`,
        !SourceAccount && `${name} has no SourceAccount`,
        SourceAccount && spelled(SourceAccount) !== THIS_ACCOUNT &&
          `${name} lets the account ${spelled(SourceAccount)} call`,
        permission.Principal !== principal &&
          `${name} lets ${spelled(permission.Principal)} call`,
        spelled(permission.FunctionName) !== `\${${fn}}` &&
          `${name} is for ${spelled(permission.FunctionName)}`,
        permission.Action !== 'lambda:InvokeFunction' &&
          `${name} allows ${permission.Action}`,
      ];
    }),
  ];
}

function noStarAction(template) {
  return statements(template)
    .filter(({ Effect }) => Effect === 'Allow')
    .filter(({ Action }) => list(Action).some((a) => a.includes('*')))
    .map(({ name }) => `${name} allows actions by '*'`);
}

// What is written as all but a few is more than anybody reads.
function noException(template) {
  return statements(template).flatMap((statement) =>
    ['NotAction', 'NotResource', 'NotPrincipal']
      .filter((key) => statement[key] !== undefined)
      .map((key) => `${statement.name} says ${key}`));
}

function rightsOf(role) {
  return inlineOf(role).filter(({ Effect }) => Effect === 'Allow')
    .flatMap((statement) => list(statement.Action).flatMap((action) =>
      list(statement.Resource).map((resource) =>
        `${action} on ${spelled(resource)}${condition(statement)}`)));
}

function leastPrivilege(template) {
  const roles = ofType(template, 'AWS::IAM::Role');
  return [
    ...differs('roles', roles.map(({ name }) => name), Object.keys(ROLES)),
    ...roles.flatMap((role) => {
      const { rights = [], managed = [] } = ROLES[role.name] || {};
      return [
        ...differs(role.name, rightsOf(role), rights),
        ...differs(role.name, list(role.ManagedPolicyArns).map(spelled),
          managed),
      ];
    }),
    ...Object.entries(template.Resources)
      .filter(([, { Type }]) => /^AWS::IAM::(?!Role$)/.test(Type))
      .map(([name, { Type }]) => `${name} gives rights by ${Type}`),
  ];
}

// Principals of a statement, one text each.
function principals({ Principal }) {
  if (typeof Principal === 'string') return [Principal];
  return Object.values(Principal || {}).flatMap(list).map(spelled);
}

function trustOfRoles(template) {
  return ofType(template, 'AWS::IAM::Role').flatMap((role) =>
    statementsOf(role.AssumeRolePolicyDocument).flatMap((statement) => [
      ...differs(`${role.name} may be taken by`, principals(statement),
        list((ROLES[role.name] || {}).service)),
      spelled(statement.Action) !== 'sts:AssumeRole' &&
        `${role.name} may be taken by ${spelled(statement.Action)}`,
    ]));
}

function guests(template) {
  const policies = statements(template)
    .filter(({ Effect, Principal }) => Effect === 'Allow' && Principal)
    .filter(({ name }) => template.Resources[name].Type !== 'AWS::IAM::Role');
  const allowed = policies.flatMap((statement) => principals(statement)
    .map((who) => `${statement.name}: ${who}${condition(statement)}`));
  const wanted = Object.entries(GUESTS).flatMap(([name, who]) =>
    who.map((one) => `${name}: ${one}`));
  return [
    ...differs('let in', allowed, wanted),
    ...policies.filter(({ Sid }) => Sid !== 'Account')
      .flatMap(({ name, Action }) => differs(`guests of ${name}`, list(Action),
        GUESTS_ACTIONS[name] || [])),
  ];
}

// Buckets and topics take no request that is not encrypted on its way.
function encryptedTransport(template) {
  const wanted = 'Deny * if Bool aws:SecureTransport false';
  return ['SitePolicy', 'NoticesPolicy'].filter((name) =>
    !statementsOf(properties(template, name).PolicyDocument).some(
      (statement) => `${statement.Effect} ${principals(statement)}${
        condition(statement)}` === wanted))
    .map((name) => `${name} takes requests in plain`);
}

module.exports = {
  sourceOfPermissions, noStarAction, noException, leastPrivilege, trustOfRoles,
  guests, encryptedTransport,
};
