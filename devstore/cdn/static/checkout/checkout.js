// Prices again when something that changes them is chosen; fills in an address for whoever only wants to try.
(function () {
  var form = document.getElementById("checkout");
  document.querySelectorAll("[data-save]").forEach(function (field) {
    field.addEventListener("change", function () { form.submit(); });
  });
  document.getElementById("discount").addEventListener("keydown", function (event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    document.querySelector("[value=apply]").click();
  });
  var sample = { first_name: "Robin", last_name: "Walker", address1: "12 Mill Lane", zip: "BS1 4QA", city: "Bristol" };
  var demo = document.querySelector("[data-demo]");
  demo.addEventListener("click", function () {
    if (form.email && !form.email.value) form.email.value = "robin" + Date.now() % 100000 + "@example.com";
    Object.keys(sample).forEach(function (name) { if (!form[name].value) form[name].value = sample[name]; });
  });
  demo.hidden = false; // nobody can press it before it does something
})();
