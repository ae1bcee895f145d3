using Microsoft.AspNetCore.Diagnostics;
using PartnerPlatform.Web.Login;

namespace PartnerPlatform.Web.Shell;

/// <summary>What is shown instead of a page that could not be made: a stable code, and no details.</summary>
public static class FaultPage
{
    private static readonly PlainPage Fault = new(
        StatusCodes.Status500InternalServerError, "The portal could not answer", "It has been logged. If it stays so, tell whoever runs the portal.", "INTERNAL");

    public static void UseFaultPage(this WebApplication app) => app.UseExceptionHandler(new ExceptionHandlerOptions
    {
        ExceptionHandler = http => (http.Features.Get<IExceptionHandlerFeature>()?.Error.GetBaseException() is { } fault && IsIdentityAway(fault) ? LoginPages.IdentityAway : Fault).Result().ExecuteAsync(http),
    });

    // While it answers a browser, the portal asks nobody but Identity; pages ask Platform from their circuits.
    private static bool IsIdentityAway(Exception fault) => fault is HttpRequestException or IOException or System.Net.Sockets.SocketException or OperationCanceledException;
}
