// The token is in the address's fragment, which browsers keep to themselves: hand it in, and forget it.
const token = decodeURIComponent(location.hash.slice(1));
if (token) {
  history.replaceState(null, "", location.pathname);
  document.getElementById("token").value = token;
  document.getElementById("enter").submit();
}
