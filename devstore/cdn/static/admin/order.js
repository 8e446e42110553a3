// "All of it": fill the refund form with everything that is left.
document.querySelectorAll("[data-all]").forEach(function (button) {
  button.addEventListener("click", function () {
    button.form.querySelectorAll("input[type=number]").forEach(function (field) { field.value = field.max; });
  });
});
