using System.Text.Json;
using MudBlazor;
using PartnerPlatform.Web.Api;
using PartnerPlatform.Web.Parts;

namespace PartnerPlatform.Web.Acts;

/// <summary>A decision that a person is about to take: a mutation, and the words around it.</summary>
/// <param name="Title">As a question.</param>
/// <param name="Confirm">What the button says.</param>
/// <param name="Done">What the receipt says.</param>
/// <param name="Mutation">Its name in the API.</param>
/// <param name="Input">Its input without reason, key and dry run, which the dialog adds.</param>
public sealed record Act(string Title, string Confirm, string Done, string Mutation, IReadOnlyDictionary<string, object?> Input)
{
    /// <summary>What it means, in words.</summary>
    public string? Consequence { get; init; }

    /// <summary>It has victims: they are counted by a dry run before it can be confirmed.</summary>
    public bool Dangerous { get; init; }

    /// <summary>With <see cref="Dangerous"/>: false when the sessions that it hits live on, without what it takes from them.</summary>
    public bool EndsSessions { get; init; } = true;

    /// <summary>Fields of the payload to answer besides the change.</summary>
    public string Fields { get; init; } = "";

    /// <summary>What an act hits, in its dry run: live sessions, and the nodes they are on.</summary>
    public const string EffectFields = "change { effect { sessions nodes applications } }";
}

/// <summary>Live sessions that an act would hit now.</summary>
public sealed record Effect(int Sessions, int Nodes, int Applications)
{
    public string Words(bool ends) => (Sessions, ends) switch
    {
        (0, _) => "No live session is hit.",
        (_, true) => $"{Ago.Count(Sessions, "live session")} on {Ago.Count(Nodes, "node")} end{(Sessions == 1 ? "s" : "")}.",
        _ => $"{Ago.Count(Sessions, "live session")} of {Ago.Count(Applications, "application")} on {Ago.Count(Nodes, "node")} may be using it.",
    };
}

public static class ActDialogs
{
    private static readonly DialogOptions Options = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseOnEscapeKey = true, BackdropClick = false };

    /// <summary>Asks for the reason and does it; the payload, or null when the person thought better of it.</summary>
    public static async Task<JsonElement?> Confirm(this IDialogService dialogs, Act act)
    {
        var dialog = await dialogs.ShowAsync<ActDialog>(act.Title, new DialogParameters<ActDialog> { { d => d.Act, act } }, Options);
        return await dialog.Result is { Canceled: false, Data: JsonElement payload } ? payload : null;
    }
}
