// Where Cognito leads back to after signing in. It hands the token over behind
// the '#', which no server sees; the page finds it under 'token' until the tab
// is closed.
const answer = new URLSearchParams(location.hash.slice(1));
const token = answer.get('id_token');

// Not in the history, not in a bookmark.
history.replaceState(null, '', location.pathname);
if (token) {
  sessionStorage.setItem('token', token);
  location.replace('./');
} else {
  document.getElementById('status').textContent =
    `Not signed in${answer.has('error') ? `: ${answer.get('error')}` : ''}.`;
}
